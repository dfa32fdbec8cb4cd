/* /dev/null, zero, full, urandom, tty, fd, stdin: what reading and writing them does. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    char buffer[64];
    int fd = (int)must(open("/dev/null", O_RDWR));
    result("null: write", write(fd, buffer, 64));
    result("null: read", read(fd, buffer, 64));
    result("null: seek", lseek(fd, 100, SEEK_SET) >= 0 ? 0 : -1);
    result("null: truncating open", open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0644) >= 0 ? 0 : -1);
    result("null: truncate", ftruncate(fd, 0));
    fd = (int)must(open("/dev/zero", O_RDWR));
    memset(buffer, 'x', sizeof buffer);
    result("zero: read", read(fd, buffer, 64));
    bool zero = true;
    for (int i = 0; i < 64; i++)
        if (buffer[i] != 0) zero = false;
    check(zero, "zeros");
    result("zero: write", write(fd, buffer, 64));
    char *view = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    view[0] = 'z';
    say("zero: mapped %c %d", view[0], view[1]);
    fd = (int)must(open("/dev/full", O_RDWR));
    result("full: read", read(fd, buffer, 64));
    result("full: write", write(fd, buffer, 64));
    result("tty without a terminal", open("/dev/tty", O_RDWR));

    /* /dev/fd and /dev/stdin are links into /proc. */
    int ends[2];
    must(pipe(ends));
    must(write(ends[1], "through", 7));
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    fd = (int)must(open(path, O_RDONLY));
    memset(buffer, 0, sizeof buffer);
    result("/dev/fd: read", read(fd, buffer, 64));
    say("%s the pipe", buffer);
    write_file("file", "0123456789");
    int first = (int)must(open("file", O_RDONLY));
    must(read(first, buffer, 5));
    snprintf(path, sizeof path, "/dev/fd/%d", first);
    fd = (int)must(open(path, O_RDONLY));
    must(read(fd, buffer, 1));
    say("a file is opened anew: %c", buffer[0]);
    result("a descriptor that is not open", open("/dev/fd/900", O_RDONLY));
    must(dup2(ends[0], 0));
    must(write(ends[1], "as stdin", 8));
    fd = (int)must(open("/dev/stdin", O_RDONLY));
    memset(buffer, 0, sizeof buffer);
    result("/dev/stdin: read", read(fd, buffer, 64));
    return finish();
}
