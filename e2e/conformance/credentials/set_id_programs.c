/* needs: root */
/* execve(2) of set-user-id and set-group-id programs: ids, AT_SECURE, no_new_privs, scripts, dumpable. */
#include "conformance.h"
#include <grp.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

static void run(const char *what, const char *path, bool no_new_privileges) {
    pid_t child = fork_child();
    if (child == 0) {
        must(setgroups(0, NULL));
        must(setresgid(1000, 1000, 1000));
        must(setresuid(1000, 1000, 1000));
        if (no_new_privileges) must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        execl(path, path, "--role", what, NULL);
        say("%s: %s", what, errno_name(errno));
        _exit(0);
    }
    wait_for(child);
}

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        uid_t real, effective, saved;
        gid_t real_group, effective_group, saved_group;
        must(getresuid(&real, &effective, &saved));
        must(getresgid(&real_group, &effective_group, &saved_group));
        say("%s: users %d %d %d, groups %d %d %d, secure %lu, ids in the vector %lu %lu", argv[2], real, effective, saved,
            real_group, effective_group, saved_group, getauxval(AT_SECURE), getauxval(AT_UID), getauxval(AT_EUID));
        return 0;
    }
    begin(argc, argv);
    must(chmod(".", 0755));
    copy_file(self_path, "plain", 0755);
    copy_file(self_path, "setuid", 0755);
    must(chown("setuid", 2000, 3000));
    must(chmod("setuid", 04755));
    copy_file(self_path, "setgid", 0755);
    must(chown("setgid", 2000, 3000));
    must(chmod("setgid", 02755));
    copy_file(self_path, "both", 0755);
    must(chown("both", 0, 0));
    must(chmod("both", 06755));
    copy_file(self_path, "no-group-execution", 0755);
    must(chown("no-group-execution", 2000, 3000));
    must(chmod("no-group-execution", 02745));
    run("plain", "./plain", false);
    run("set-user-id", "./setuid", false);
    run("set-group-id", "./setgid", false);
    run("both, to root", "./both", false);
    run("set-group-id without group execution", "./no-group-execution", false);
    run("no new privileges", "./both", true);
    char script[PATH_MAX + 32];
    write_file("script", "#!./plain --role\n");
    must(chown("script", 2000, 3000));
    must(chmod("script", 06755));
    snprintf(script, sizeof script, "./script");
    pid_t child = fork_child();
    if (child == 0) {
        must(setgroups(0, NULL));
        must(setresgid(1000, 1000, 1000));
        must(setresuid(1000, 1000, 1000));
        execl(script, script, NULL);
        _exit(1);
    }
    say_status("a script's own bits do not count", wait_for(child));
    return finish();
}
