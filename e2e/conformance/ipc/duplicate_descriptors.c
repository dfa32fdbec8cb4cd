/* dup(2), dup2(2), dup3(2), fcntl(F_DUPFD): lowest numbers, sharing of offset and flags, replacing, errors. */
#include "conformance.h"
#include <sys/resource.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("file", "0123456789");
    int fd = (int)must(open("file", O_RDWR));
    result("open takes the lowest number", fd);
    result("dup the next", dup(fd));
    result("dup2 a chosen one", dup2(fd, 20));
    result("F_DUPFD the lowest from 10 on", fcntl(fd, F_DUPFD, 10));
    result("again", fcntl(fd, F_DUPFD, 10));
    must(close(4));
    result("a closed number is used again", open("file", O_RDONLY));
    char byte;
    must(read(fd, &byte, 1));
    must(read(20, &byte, 1));
    say("shared offset: %c", byte);
    must(read(4, &byte, 1));
    say("a second open has its own: %c", byte);
    must(fcntl(20, F_SETFL, O_APPEND));
    say("shared flags: append %d, of the second open %d", (fcntl(fd, F_GETFL) & O_APPEND) != 0,
        (fcntl(4, F_GETFL) & O_APPEND) != 0);
    must(fcntl(20, F_SETFD, FD_CLOEXEC));
    say("close-on-exec is not shared: %d %d", fcntl(20, F_GETFD), fcntl(fd, F_GETFD));

    int ends[2];
    must(pipe(ends));
    result("dup2 over an open one closes that", dup2(fd, ends[1]));
    result("so the pipe is at its end", read(ends[0], &byte, 1));
    result("dup2 onto itself", dup2(fd, fd));
    result("dup3 onto itself", dup3(fd, fd, 0));
    result("dup2 onto itself, not open", dup2(900, 900));
    result("dup2 of a bad one", dup2(900, 30));
    result("dup2 to a negative number", dup2(fd, -1));
    result("dup2 beyond the limit", dup2(fd, 1024));
    result("dup3 with an odd flag", dup3(fd, 31, O_APPEND));
    result("dup3 with close-on-exec", dup3(fd, 31, O_CLOEXEC));
    say("flag: %d", fcntl(31, F_GETFD));
    result("F_DUPFD beyond the limit", fcntl(fd, F_DUPFD, 1024));
    result("F_DUPFD negative", fcntl(fd, F_DUPFD, -1));
    result("dup of a bad one", dup(-1));
    result("close", close(31));
    result("close again", close(31));
    result("close a negative one", close(-1));

    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = 40;
    must(setrlimit(RLIMIT_NOFILE, &limit));
    int opened = 0;
    while (dup(fd) != -1) opened++;
    say("then: %s; highest numbers filled up: %d", errno_name(errno), fcntl(39, F_GETFD) != -1);
    result("open", open("file", O_RDONLY));
    result("pipe", pipe(ends));
    must(close(35));
    result("pipe needs two", pipe(ends));
    result("one is free", dup(fd));

    say("stdin shares nothing with fd 3: %d", fcntl(0, F_GETFL) & O_ACCMODE);
    return finish();
}
