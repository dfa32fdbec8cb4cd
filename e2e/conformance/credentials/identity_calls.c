/* getuid(2) and its kin, unprivileged: the three ids agree, setting them to what they are is allowed, groups, errors. */
#include "conformance.h"
#include <grp.h>
#include <sys/fsuid.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    uid_t real = -1, effective = -1, saved = -1;
    gid_t real_group = -1, effective_group = -1, saved_group = -1;
    must(getresuid(&real, &effective, &saved));
    must(getresgid(&real_group, &effective_group, &saved_group));
    check(real == getuid() && effective == geteuid() && saved == effective, "user ids agree");
    check(real_group == getgid() && effective_group == getegid() && saved_group == effective_group, "group ids agree");
    result("setuid to the same", setuid(getuid()));
    result("setgid to the same", setgid(getgid()));
    result("setresuid with nothing to change", setresuid(-1, -1, -1));
    result("setreuid with nothing to change", setreuid(-1, -1));
    check(setfsuid(-1) == (int)geteuid() && setfsgid(-1) == (int)getegid(), "file system ids follow the effective ones");
    int count = getgroups(0, NULL);
    check(count >= 0, "the number of groups");
    gid_t groups[65536];
    check(getgroups(65536, groups) == count, "the groups");
    result("negative size", getgroups(-1, groups));
    result("setuid to no user", setuid(-1));
    result("setresuid, bad address to read", syscall(SYS_getresuid, 8, &effective, &saved));
    pid_t child = fork_child();
    if (child == 0) _exit(getuid() == real && geteuid() == effective && getgid() == real_group ? 0 : 1);
    say_status("a child has the same", wait_for(child));
    struct stat status;
    write_file("file", "");
    must(stat("file", &status));
    check(status.st_uid == effective && status.st_gid == effective_group, "new files belong to us");
    return finish();
}
