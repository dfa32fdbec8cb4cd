/* lseek(2): whence, beyond the end, SEEK_DATA and SEEK_HOLE, sparse files, large offsets. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(write(fd, "0123456789", 10));
    result("SEEK_SET", lseek(fd, 4, SEEK_SET));
    result("SEEK_CUR", lseek(fd, 2, SEEK_CUR));
    result("SEEK_CUR backwards", lseek(fd, -3, SEEK_CUR));
    result("SEEK_END", lseek(fd, -2, SEEK_END));
    char byte;
    must(read(fd, &byte, 1));
    say("there: %c", byte);
    result("before the start", lseek(fd, -100, SEEK_CUR));
    result("negative", lseek(fd, -1, SEEK_SET));
    result("offset unchanged", lseek(fd, 0, SEEK_CUR));
    result("odd whence", lseek(fd, 0, 99));
    result("beyond the end", lseek(fd, 5000, SEEK_END));
    result("read there", read(fd, &byte, 1));
    result("write there", write(fd, "x", 1));
    result("size", lseek(fd, 0, SEEK_END));

    /* Data at 0 and at 4 MiB of 8 MiB; file systems may have larger blocks, so only what lies between counts. */
    int sparse = (int)must(open("sparse", O_RDWR | O_CREAT, 0644));
    const off_t mega = 1 << 20;
    must(ftruncate(sparse, 8 * mega));
    must(pwrite(sparse, "a", 1, 0));
    must(pwrite(sparse, "b", 1, 4 * mega));
    result("data from 0", lseek(sparse, 0, SEEK_DATA));
    off_t hole = must(lseek(sparse, 0, SEEK_HOLE));
    check(hole > 0 && hole <= 4 * mega, "a hole behind the first byte");
    off_t data = must(lseek(sparse, 2 * mega, SEEK_DATA));
    check(data > 2 * mega && data <= 4 * mega, "the second data");
    hole = must(lseek(sparse, 4 * mega, SEEK_HOLE));
    check(hole > 4 * mega && hole <= 8 * mega, "a hole behind it");
    result("no data behind", lseek(sparse, 7 * mega, SEEK_DATA));
    result("the end is a hole", lseek(sparse, 8 * mega - 1, SEEK_HOLE));
    result("data from the end", lseek(sparse, 8 * mega, SEEK_DATA));
    result("hole from behind the end", lseek(sparse, 9 * mega, SEEK_HOLE));
    struct stat status;
    must(fstat(sparse, &status));
    check(status.st_blocks * 512 < 4 * mega, "it takes little room");

    const off_t giga = 1L << 30;
    result("at 5 GiB", pwrite(sparse, "far", 3, 5 * giga));
    result("size", lseek(sparse, 0, SEEK_END));
    char text[4] = "";
    must(pread(sparse, text, 3, 5 * giga));
    say("there: %s", text);
    result("offset", lseek(sparse, 3 * giga, SEEK_SET));
    must(read(sparse, text, 3));
    say("in between: %d %d %d", text[0], text[1], text[2]);
    result("offset", lseek(sparse, 0, SEEK_CUR));
    must(ftruncate(sparse, 0));

    int directory = (int)must(open(".", O_RDONLY));
    outcome("a directory", lseek(directory, 0, SEEK_SET));
    result("not open", lseek(900, 0, SEEK_SET));
    return finish();
}
