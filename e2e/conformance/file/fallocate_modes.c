/* fallocate(2): room ahead, KEEP_SIZE, punching holes, errors. */
#include "conformance.h"

static int fd;

static void tell(const char *what) {
    struct stat status;
    must(fstat(fd, &status));
    say("%s: size %ld, takes room %d", what, (long)status.st_size, status.st_blocks > 0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    tell("empty");
    result("keep the size", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20));
    tell("then");
    must(ftruncate(fd, 0));
    result("plain", fallocate(fd, 0, 0, 100000));
    tell("then");
    result("inside", fallocate(fd, 0, 50, 100));
    tell("then");
    static char block[1 << 18], back[1 << 18];
    memset(block, 'd', sizeof block);
    must(pwrite(fd, block, sizeof block, 0));
    result("punch a hole", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1000, 100000));
    must(pread(fd, back, sizeof back, 0));
    bool right = true;
    for (size_t i = 0; i < sizeof back; i++)
        if (back[i] != (i >= 1000 && i < 101000 ? 0 : 'd')) right = false;
    check(right, "zeros exactly there");
    tell("then");
    result("punch beyond the end", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 20, 5000));
    tell("then");
    say("posix_fallocate: %d", posix_fallocate(fd, 1 << 18, 1000));
    tell("then");
    result("punch without KEEP_SIZE", fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 100));
    result("no length", fallocate(fd, 0, 0, 0));
    result("negative offset", fallocate(fd, 0, -1, 10));
    result("negative length", fallocate(fd, 0, 0, -1));
    result("too large", fallocate(fd, 0, INT64_MAX - 5, 100));
    result("read-only descriptor", fallocate((int)must(open("file", O_RDONLY)), 0, 0, 10));
    result("not open", fallocate(900, 0, 0, 10));
    result("a directory", fallocate((int)must(open(".", O_RDONLY)), 0, 0, 10));
    int ends[2];
    must(pipe(ends));
    result("a pipe", fallocate(ends[1], 0, 0, 10));
    return finish();
}
