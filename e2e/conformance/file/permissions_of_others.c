/* needs: root */
/* Owner, group and others: every class for read, write, execute and search, with the identity of another user. */
#include "conformance.h"
#include <grp.h>

static void as(uid_t uid, gid_t gid, gid_t extra) {
    must(setgroups(1, &extra));
    must(setresgid(gid, gid, gid));
    must(setresuid(uid, uid, uid));
}

static void probe(const char *who, uid_t uid, gid_t gid, gid_t extra) {
    pid_t child = fork_child();
    if (child == 0) {
        as(uid, gid, extra);
        for (int mode = 0; mode < 8; mode++) {
            char name[32];
            snprintf(name, sizeof name, "file-%d", mode);
            int r = open(name, O_RDONLY), w = open(name, O_WRONLY);
            char *arguments[] = {name, NULL};
            bool executable = access(name, X_OK) == 0;
            pid_t runner = fork_child();
            if (runner == 0) {
                execv(name, arguments);
                _exit(errno == EACCES ? 13 : errno == ENOEXEC ? 8 : 1);
            }
            int code = WEXITSTATUS(wait_for(runner));
            say("%s, bits %d: %c%c%c, access agrees %d", who, mode, r >= 0 ? 'r' : '-', w >= 0 ? 'w' : '-',
                code == 8 ? 'x' : '-', executable == (code == 8));
            snprintf(name, sizeof name, "directory-%d", mode);
            char below[64];
            snprintf(below, sizeof below, "%s/inside", name);
            int list = open(name, O_RDONLY | O_DIRECTORY), search = access(below, F_OK);
            snprintf(below, sizeof below, "%s/new-%s", name, who);
            int make = open(below, O_WRONLY | O_CREAT, 0600);
            say("%s, directory %d: list %d, search %d, create %d", who, mode, list >= 0, search == 0, make >= 0);
        }
        result("chmod of another's file", chmod("file-7", 0777));
        result("chown of another's file", chown("file-7", uid, gid));
        result("times of another's file", utimensat(AT_FDCWD, "file-0", NULL, 0));
        _exit(0);
    }
    wait_for(child);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(chmod(".", 0755));
    for (int mode = 0; mode < 8; mode++) {
        char name[32], inside[64];
        snprintf(name, sizeof name, "file-%d", mode);
        write_file(name, "text, not a program");
        must(chown(name, 1000, 2000));
        must(chmod(name, mode << 6));
        snprintf(name, sizeof name, "directory-%d", mode);
        must(mkdir(name, 0755));
        snprintf(inside, sizeof inside, "%s/inside", name);
        write_file(inside, "");
        must(chown(name, 1000, 2000));
        must(chmod(name, mode << 6));
    }
    probe("owner", 1000, 3000, 3000);
    for (int mode = 0; mode < 8; mode++) {
        char name[32];
        snprintf(name, sizeof name, "file-%d", mode);
        must(chmod(name, mode << 3));
        snprintf(name, sizeof name, "directory-%d", mode);
        must(chmod(name, mode << 3));
    }
    probe("group", 1001, 2000, 3000);
    probe("supplementary", 1001, 3000, 2000);
    probe("owner-class-first", 1000, 2000, 2000);
    for (int mode = 0; mode < 8; mode++) {
        char name[32];
        snprintf(name, sizeof name, "file-%d", mode);
        must(chmod(name, mode));
        snprintf(name, sizeof name, "directory-%d", mode);
        must(chmod(name, mode));
    }
    probe("other", 1002, 3000, 3000);
    /* Root reads and writes all, and executes what anybody may execute. */
    int opened = 0, executable = 0;
    for (int mode = 0; mode < 8; mode++) {
        char name[32];
        snprintf(name, sizeof name, "file-%d", mode);
        if (open(name, O_RDWR) >= 0) opened++;
        if (access(name, X_OK) == 0) executable++;
    }
    say("root: opens %d, may execute %d", opened, executable);
    return finish();
}
