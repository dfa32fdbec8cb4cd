/* needs: root */
/* chown(2): who may, what it clears; writing clears set-id bits; set-group-id and sticky directories. */
#include "conformance.h"
#include <grp.h>

static void tell(const char *what, const char *path) {
    struct stat status;
    must(lstat(path, &status));
    say("%s: %d:%d %o", what, status.st_uid, status.st_gid, status.st_mode & 07777);
}

/* Runs a body with the identity of another user; descriptors and directory stay. */
static pid_t become(uid_t uid, gid_t gid) {
    pid_t child = fork_child();
    if (child == 0) {
        must(setgroups(0, NULL));
        must(setresgid(gid, gid, gid));
        must(setresuid(uid, uid, uid));
    }
    return child;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(chmod(".", 0777));
    write_file("file", "");
    result("chown", chown("file", 1000, 2000));
    tell("file", "file");
    result("only the group", chown("file", -1, 2001));
    tell("file", "file");
    result("only the owner", chown("file", 1001, -1));
    tell("file", "file");
    must(symlink("file", "link"));
    result("lchown", lchown("link", 5, 6));
    tell("link", "link");
    tell("file", "file");
    must(chmod("file", 06775));
    must(chown("file", 1000, 2000));
    tell("chown clears set-id bits, for root too", "file");
    must(chmod("file", 02665));
    must(chown("file", 1000, 2000));
    tell("not set-group-id without group execution", "file");
    must(chmod("file", 06777));
    if (become(1000, 2000) == 0) {
        int fd = (int)must(open("file", O_WRONLY));
        must(write(fd, "x", 1));
        _exit(0);
    }
    wait(NULL);
    tell("a write by its owner clears them", "file");
    must(chmod("file", 06777));
    if (become(1000, 3000) == 0) {
        result("the owner gives it to another", chown("file", 1001, -1));
        result("to a group that is not his", chown("file", -1, 2001));
        result("to his own group", chown("file", -1, 3000));
        result("chmod with set-group-id", chmod("file", 02755));
        _exit(0);
    }
    wait(NULL);
    tell("afterwards", "file");
    must(chown("file", 1000, 2000));
    if (become(1000, 3000) == 0) {
        must(chmod("file", 02755));
        _exit(0);
    }
    wait(NULL);
    tell("set-group-id of a group he is not in is dropped", "file");

    must(mkdir("shared", 0777));
    must(chown("shared", 0, 2000));
    must(chmod("shared", 02777));
    if (become(1000, 3000) == 0) {
        write_file("shared/file", "");
        must(mkdir("shared/directory", 0755));
        _exit(0);
    }
    wait(NULL);
    tell("a file takes the group of a set-group-id directory", "shared/file");
    tell("a directory also its bit", "shared/directory");

    must(mkdir("sticky", 0777));
    must(chmod("sticky", 01777));
    write_file("sticky/of-root", "");
    if (become(1000, 1000) == 0) {
        write_file("sticky/of-1000", "");
        must(chmod("sticky/of-1000", 0666));
        _exit(0);
    }
    wait(NULL);
    if (become(1001, 1001) == 0) {
        result("sticky: remove root's", unlink("sticky/of-root"));
        result("sticky: remove another's", unlink("sticky/of-1000"));
        result("sticky: rename another's", rename("sticky/of-1000", "sticky/x"));
        write_file("sticky/mine", "");
        result("sticky: replace another's", rename("sticky/mine", "sticky/of-1000"));
        result("sticky: rename one's own", rename("sticky/mine", "sticky/mine2"));
        result("sticky: remove one's own", unlink("sticky/mine2"));
        _exit(0);
    }
    wait(NULL);
    if (become(1000, 1000) == 0) {
        result("sticky: the owner removes his", unlink("sticky/of-1000"));
        _exit(0);
    }
    wait(NULL);
    return finish();
}
