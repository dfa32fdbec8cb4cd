/* needs: root */
/* setuid, seteuid, setreuid, setresuid and the group calls: which of the three ids change, and which change is refused. */
#include "conformance.h"
#include <grp.h>
#include <sys/fsuid.h>

static void users(const char *what, long value) {
    int error = errno;
    uid_t real, effective, saved;
    must(getresuid(&real, &effective, &saved));
    say("%s: %s, now %d %d %d, files %d", what, value == 0 ? "ok" : errno_name(error), real, effective, saved, setfsuid(-1));
}

static void groups(const char *what, long value) {
    int error = errno;
    gid_t real, effective, saved;
    must(getresgid(&real, &effective, &saved));
    say("%s: %s, now %d %d %d, files %d", what, value == 0 ? "ok" : errno_name(error), real, effective, saved, setfsgid(-1));
}

/* Each case in a process of its own, because most of them cannot be undone. */
#define IN_CHILD(...)                                                                                                  \
    do {                                                                                                               \
        pid_t child_ = fork_child();                                                                                   \
        if (child_ == 0) {                                                                                             \
            __VA_ARGS__;                                                                                                    \
            _exit(0);                                                                                                  \
        }                                                                                                              \
        wait_for(child_);                                                                                              \
    } while (0)

int main(int argc, char **argv) {
    begin(argc, argv);
    must(chmod(".", 0777));
    IN_CHILD({
        say("-- setuid by root gives everything up");
        users("setuid 1000", setuid(1000));
        users("setuid 0", setuid(0));
        users("seteuid 0", seteuid(0));
        users("setuid 1000 again", setuid(1000));
    });
    IN_CHILD({
        say("-- seteuid can be taken back");
        users("seteuid 1000", seteuid(1000));
        users("setuid 1001", setuid(1001));
        users("setuid to the saved one", setuid(0));
        users("seteuid 1000", seteuid(1000));
        users("seteuid 0", seteuid(0));
    });
    IN_CHILD({
        say("-- setresuid");
        users("1 2 3", setresuid(1, 2, 3));
        users("3 1 2", setresuid(3, 1, 2));
        users("only the effective one", setresuid(-1, 3, -1));
        users("to a stranger", setresuid(-1, 4, -1));
        users("all to one", setresuid(3, 3, 3));
        users("back", setresuid(1, -1, -1));
    });
    IN_CHILD({
        say("-- setreuid: the saved one follows when the real one is set");
        users("1000 -1", setreuid(1000, -1));
        users("-1 1000", setreuid(-1, 1000));
        users("-1 0", setreuid(-1, 0));
    });
    IN_CHILD({
        users("-- setreuid 5 6", setreuid(5, 6));
        users("swap", setreuid(6, 5));
        users("0 0", setreuid(0, 0));
    });
    IN_CHILD({
        say("-- groups");
        groups("setegid 1000", setegid(1000));
        groups("setresgid 1 2 3", setresgid(1, 2, 3));
        groups("setregid 7 8", setregid(7, 8));
        must(setuid(1000));
        groups("unprivileged setgid to the real one", setgid(7));
        groups("to a stranger", setgid(9));
        groups("to the saved one", setresgid(8, -1, -1));
    });
    IN_CHILD({
        say("-- supplementary groups");
        gid_t list[5] = {5, 6, 7, 1 << 30, 6};
        result("setgroups", setgroups(5, list));
        gid_t got[10];
        int count = getgroups(10, got);
        for (int i = 0; i < count; i++) say("group %u", got[i]);
        result("too small a buffer", getgroups(2, got));
        result("none", setgroups(0, NULL));
        result("how many", getgroups(0, NULL));
        result("bad address", syscall(SYS_setgroups, 3, 8));
        result("too many", setgroups(65537, list));
        must(seteuid(1000));
        result("unprivileged", setgroups(1, list));
    });
    IN_CHILD({
        say("-- file system ids");
        int old = setfsuid(1000);
        say("setfsuid returns the old one: %d, then %d", old, setfsuid(-1));
        write_file("by-fsuid", "");
        struct stat status;
        must(stat("by-fsuid", &status));
        say("owner: %d", status.st_uid);
        users("seteuid resets it", seteuid(0));
    });
    return finish();
}
