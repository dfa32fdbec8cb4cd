/* prctl(2): the thread's name (15 characters), dumpable, timer slack, and errors. */
#include "conformance.h"
#include <sys/prctl.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    char name[32] = "";
    must(prctl(PR_SET_NAME, "short"));
    must(prctl(PR_GET_NAME, name));
    say("name: %s", name);
    must(prctl(PR_SET_NAME, "a name that is too long"));
    must(prctl(PR_GET_NAME, name));
    say("cut: '%s'", name);
    result("from a bad address", prctl(PR_SET_NAME, (char *)8));
    pid_t child = fork_child();
    if (child == 0) {
        must(prctl(PR_GET_NAME, name));
        say("inherited: '%s'", name);
        must(prctl(PR_SET_NAME, "child"));
        _exit(0);
    }
    wait_for(child);
    must(prctl(PR_GET_NAME, name));
    say("the child's change is its own: '%s'", name);

    result("dumpable", prctl(PR_GET_DUMPABLE));
    result("not dumpable", prctl(PR_SET_DUMPABLE, 0));
    result("dumpable", prctl(PR_GET_DUMPABLE));
    result("a value that is none", prctl(PR_SET_DUMPABLE, 7));
    result("an option that is none", prctl(12345, 0, 0, 0, 0));
    result("keep capabilities", prctl(PR_GET_KEEPCAPS));
    result("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    result("set it", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    result("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    result("it cannot be cleared", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    return finish();
}
