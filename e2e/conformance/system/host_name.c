/* needs: root */
/* sethostname(2), setdomainname(2), in a UTS namespace of its own where the system has them. */
#include "conformance.h"
#include <sched.h>
#include <sys/utsname.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    if (unshare(CLONE_NEWUTS) == -1 && errno != ENOSYS && errno != EINVAL) skip("no UTS namespace");
    struct utsname name;
    result("sethostname", sethostname("new-name", 8));
    must(uname(&name));
    say("node: %s", name.nodename);
    result("a part of the string", sethostname("abcdef", 3));
    must(uname(&name));
    say("node: %s", name.nodename);
    result("setdomainname", setdomainname("example", 7));
    must(uname(&name));
    say("domain: %s", name.domainname);
    char longest[70];
    memset(longest, 'h', sizeof longest);
    result("64 characters", sethostname(longest, 64));
    result("65 characters", sethostname(longest, 65));
    result("bad address", syscall(SYS_sethostname, 8, 5));
    result("negative length", syscall(SYS_sethostname, "x", -1));
    must(sethostname("again", 5));
    pid_t child = fork_child();
    if (child == 0) {
        must(uname(&name));
        say("a child sees: %s", name.nodename);
        must(seteuid(1000));
        result("without privilege", sethostname("no", 2));
        _exit(0);
    }
    wait_for(child);
    say("proc: %s", file_text("/proc/sys/kernel/hostname"));
    return finish();
}
