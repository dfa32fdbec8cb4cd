/* stat(2), statx(2): types, modes, counts, sizes, identity, masks, errors. */
#include "conformance.h"
#include <sys/sysmacros.h>

static void tell(const char *name) {
    struct stat status;
    struct statx extended;
    memset(&extended, 0xff, sizeof extended);
    must(lstat(name, &status));
    must(statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &extended));
    bool agree = extended.stx_mode == status.st_mode && extended.stx_nlink == status.st_nlink &&
                 extended.stx_ino == status.st_ino && extended.stx_size == (uint64_t)status.st_size &&
                 extended.stx_uid == status.st_uid && extended.stx_gid == status.st_gid &&
                 extended.stx_mtime.tv_sec == status.st_mtim.tv_sec &&
                 extended.stx_mtime.tv_nsec == (uint32_t)status.st_mtim.tv_nsec &&
                 extended.stx_dev_major == major(status.st_dev) && extended.stx_dev_minor == minor(status.st_dev);
    say("%s: mode %o, links %d, block size %d, both agree %d, basic mask %d", name, status.st_mode, (int)status.st_nlink,
        status.st_blksize >= 512, agree, (extended.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0640));
    must(write(fd, "12345", 5));
    must(mkdir("directory", 0751));
    must(symlink("target text", "link"));
    must(mkfifo("fifo", 0604));
    tell("file");
    tell("directory");
    tell("link");
    tell("fifo");
    struct stat status, other;
    must(fstat(fd, &status));
    say("size %ld", (long)status.st_size);
    check(status.st_uid == geteuid(), "the owner is the one who made it");
    check(status.st_blocks * 512 < 100000, "few blocks");
    must(stat("file", &other));
    check(status.st_ino == other.st_ino && status.st_dev == other.st_dev, "fstat and stat see one file");
    must(stat("directory", &other));
    check(status.st_ino != other.st_ino && status.st_dev == other.st_dev, "another inode on the same device");
    must(lstat("link", &other));
    say("a link's size is its target's length: %ld", (long)other.st_size);
    must(stat("/dev/null", &status));
    say("/dev/null: character device %d, number %d:%d, mode %o", S_ISCHR(status.st_mode), major(status.st_rdev),
        minor(status.st_rdev), status.st_mode & 0777);
    must(stat("/dev/zero", &status));
    say("/dev/zero: %d:%d", major(status.st_rdev), minor(status.st_rdev));
    must(fstat(0, &status));
    say("descriptor 0: character device %d", S_ISCHR(status.st_mode));

    struct statx extended;
    result("statx of a descriptor", statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &extended));
    say("size %lu", (unsigned long)extended.stx_size);
    result("odd flags", statx(AT_FDCWD, "file", 0x8000, STATX_SIZE, &extended));
    result("odd mask", statx(AT_FDCWD, "file", 0, STATX__RESERVED, &extended));
    result("both ways to sync", statx(AT_FDCWD, "file", AT_STATX_SYNC_TYPE, STATX_SIZE, &extended));
    result("bad address", syscall(SYS_statx, AT_FDCWD, "file", 0, STATX_SIZE, 8));
    result("missing", stat("missing", &status));
    result("not open", fstat(900, &status));
    result("empty path", stat("", &status));
    return finish();
}
