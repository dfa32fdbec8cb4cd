/* pread, pwrite, readv, writev, preadv, pwritev (and v2): bytes, offsets, limits. */
#include "conformance.h"
#include <sys/uio.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    struct iovec parts[4] = {{"first ", 6}, {"", 0}, {"second ", 7}, {"third", 5}};
    result("writev", writev(fd, parts, 4));
    result("offset", lseek(fd, 0, SEEK_CUR));
    say("file: %s", file_text("file"));
    result("pwrite", pwrite(fd, "FIRST", 5, 0));
    result("offset unchanged", lseek(fd, 0, SEEK_CUR));
    char one[4] = "", two[10] = "", three[32] = "";
    struct iovec into[3] = {{one, 3}, {two, 9}, {three, 31}};
    must(lseek(fd, 0, SEEK_SET));
    result("readv", readv(fd, into, 3));
    say("parts: '%s' '%s' '%s'", one, two, three);
    result("at the end", readv(fd, into, 3));
    result("preadv", preadv(fd, into, 2, 6));
    say("parts: '%s' '%s'", one, two);
    result("pwritev", pwritev(fd, parts, 3, 100));
    struct stat status;
    must(fstat(fd, &status));
    say("size: %ld", (long)status.st_size);
    char hole[100];
    memset(hole, 'x', sizeof hole);
    result("pread in the hole", pread(fd, hole, 60, 20));
    bool zero = true;
    for (int i = 0; i < 60; i++)
        if (hole[i] != 0) zero = false;
    check(zero, "a hole is zero");
    result("pread behind the end", pread(fd, hole, 10, 1000));
    must(lseek(fd, 2, SEEK_SET));
    result("preadv2 with offset -1 uses the file's own", preadv2(fd, into, 1, -1, 0));
    say("'%s', offset %ld", one, (long)lseek(fd, 0, SEEK_CUR));

    result("negative offset", pread(fd, hole, 1, -1));
    result("negative offset to write", pwrite(fd, hole, 1, -5));
    result("no parts", readv(fd, into, 0));
    result("negative number of parts", readv(fd, into, -1));
    struct iovec many[1025];
    for (int i = 0; i < 1025; i++) many[i] = (struct iovec){one, 1};
    result("1024 parts", pwritev(fd, many, 1024, 200));
    result("1025 parts", pwritev(fd, many, 1025, 200));
    struct iovec odd[2] = {{one, 1}, {two, (size_t)-1}};
    result("a length that is none", writev(fd, odd, 2));
    result("bad list", syscall(SYS_writev, fd, 8, 2));
    result("odd flags", preadv2(fd, into, 1, 0, 0x4000));
    int reader = (int)must(open("file", O_RDONLY)), writer = (int)must(open("file", O_WRONLY));
    result("write to a reader", write(reader, "x", 1));
    result("pwrite to a reader", pwrite(reader, "x", 1, 0));
    result("read from a writer", read(writer, hole, 1));
    result("not open", read(900, hole, 1));
    result("nothing from a reader", read(reader, NULL, 0));
    result("nothing to a writer", write(writer, NULL, 0));
    int ends[2];
    must(pipe(ends));
    result("writev into a pipe", writev(ends[1], parts, 4));
    result("readv from a pipe", readv(ends[0], into, 2));
    say("'%s' '%s'", one, two);
    result("preadv from a pipe", preadv(ends[0], into, 2, 0));
    return finish();
}
