/* openat, mkdirat, unlinkat, fstatat, faccessat, fchmodat, mknodat, symlinkat, readlinkat: relative to a descriptor. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    must(mkdir("d", 0755));
    int d = (int)must(open("d", O_RDONLY | O_DIRECTORY)), path = (int)must(open("d", O_PATH));
    int file = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    struct stat status;
    outcome("openat creates", openat(d, "made", O_WRONLY | O_CREAT, 0640));
    outcome("there", access("d/made", F_OK));
    outcome("relative to an O_PATH directory", openat(path, "made", O_RDONLY));
    outcome("an absolute path needs no directory", openat(900, "/dev/null", O_RDONLY));
    outcome("AT_FDCWD", openat(AT_FDCWD, "file", O_RDONLY));
    outcome("a bad directory", openat(900, "made", O_RDONLY));
    outcome("a file as directory", openat(file, "made", O_RDONLY));
    outcome("empty path", openat(d, "", O_RDONLY));
    outcome("mkdirat", mkdirat(d, "below", 0755));
    outcome("mknodat", mknodat(d, "fifo", S_IFIFO | 0600, 0));
    outcome("symlinkat", symlinkat("made", d, "link"));
    char target[16] = "";
    result("readlinkat", readlinkat(d, "link", target, 15));
    outcome("linkat", linkat(d, "made", AT_FDCWD, "linked", 0));
    outcome("renameat", renameat(AT_FDCWD, "linked", d, "moved"));
    outcome("fchmodat", fchmodat(d, "made", 0600, 0));
    must(fstatat(d, "link", &status, 0));
    say("fstatat follows: %o", status.st_mode);
    must(fstatat(d, "link", &status, AT_SYMLINK_NOFOLLOW));
    say("or not: link %d", S_ISLNK(status.st_mode));
    must(fstatat(file, "", &status, AT_EMPTY_PATH));
    say("of the descriptor itself: %o", status.st_mode);
    must(fstatat(AT_FDCWD, "", &status, AT_EMPTY_PATH));
    say("of the working directory: %d", S_ISDIR(status.st_mode));
    outcome("faccessat", faccessat(d, "moved", R_OK, 0));
    outcome("faccessat, missing", faccessat(d, "missing", R_OK, 0));
    outcome("faccessat2 of the descriptor", syscall(SYS_faccessat2, d, "", X_OK, AT_EMPTY_PATH));
    outcome("faccessat2, odd flags", syscall(SYS_faccessat2, d, "made", R_OK, 0x4000));
    outcome("unlinkat of a directory", unlinkat(d, "below", 0));
    outcome("unlinkat with AT_REMOVEDIR", unlinkat(d, "below", AT_REMOVEDIR));
    outcome("unlinkat of a file with AT_REMOVEDIR", unlinkat(d, "moved", AT_REMOVEDIR));
    outcome("unlinkat", unlinkat(d, "moved", 0));
    outcome("unlinkat, odd flags", unlinkat(d, "made", 0x8000));
    outcome("fstatat, odd flags", fstatat(d, "made", &status, 0x8000));

    /* An O_PATH descriptor: a place, not an open file. */
    char byte;
    int place = (int)must(open("file", O_PATH));
    outcome("read of O_PATH", read(place, &byte, 1));
    outcome("write", write(place, &byte, 1));
    outcome("fstat", fstat(place, &status));
    outcome("fchmod", fchmod(place, 0600));
    outcome("ftruncate", ftruncate(place, 0));
    outcome("lseek", lseek(place, 0, SEEK_SET));
    outcome("dup", dup(place));
    outcome("fchdir to an O_PATH directory", fchdir(path));
    outcome("there", access("made", F_OK));
    say("flags: O_PATH %d", (fcntl(place, F_GETFL) & O_PATH) != 0);

    /* The directory is renamed: the descriptor goes with it. */
    must(chdir(".."));
    must(rename("d", "renamed"));
    outcome("after a rename", faccessat(d, "made", F_OK, 0));
    return finish();
}
