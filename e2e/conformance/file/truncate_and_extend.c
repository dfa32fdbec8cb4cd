/* truncate(2), ftruncate(2), O_TRUNC: cutting, growing by zeros, offsets that stay, errors. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(write(fd, "0123456789", 10));
    result("cut", ftruncate(fd, 4));
    say("content: %s", file_text("file"));
    result("the offset stays", lseek(fd, 0, SEEK_CUR));
    result("grow", ftruncate(fd, 8));
    char buffer[16];
    memset(buffer, 'x', sizeof buffer);
    result("read all", pread(fd, buffer, 16, 0));
    say("bytes: %c%c%c%c %d %d %d %d", buffer[0], buffer[1], buffer[2], buffer[3], buffer[4], buffer[5], buffer[6], buffer[7]);
    must(write(fd, "at ten", 6));
    struct stat status;
    must(fstat(fd, &status));
    say("write at the old offset: size %ld", (long)status.st_size);
    result("by name", truncate("file", 3));
    say("content: %s", file_text("file"));
    must(symlink("file", "link"));
    result("through a link", truncate("link", 1));
    say("content: %s", file_text("file"));
    int again = (int)must(open("file", O_WRONLY | O_TRUNC));
    must(fstat(fd, &status));
    say("O_TRUNC: size %ld", (long)status.st_size);
    must(close(again));

    /* Growing after a cut shows zeros, not the old bytes. */
    char block[8192];
    memset(block, 'o', sizeof block);
    must(pwrite(fd, block, sizeof block, 0));
    must(ftruncate(fd, 100));
    must(ftruncate(fd, sizeof block));
    must(pread(fd, block, sizeof block, 0));
    bool right = true;
    for (int i = 0; i < 8192; i++)
        if (block[i] != (i < 100 ? 'o' : 0)) right = false;
    check(right, "old bytes do not come back");

    result("negative", ftruncate(fd, -1));
    result("negative by name", truncate("file", -1));
    int reader = (int)must(open("file", O_RDONLY));
    result("read-only descriptor", ftruncate(reader, 0));
    result("not open", ftruncate(900, 0));
    result("a directory", truncate(".", 0));
    result("missing", truncate("missing", 0));
    result("empty name", truncate("", 0));
    result("bad address", truncate((char *)8, 0));
    int ends[2];
    must(pipe(ends));
    result("a pipe", ftruncate(ends[1], 0));
    return finish();
}
