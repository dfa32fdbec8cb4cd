/* fcntl(2): F_GETFL and F_SETFL, what can be changed and what not, FD_CLOEXEC, FIONBIO, FIOCLEX, errors. */
#include "conformance.h"
#include <sys/ioctl.h>

static void tell(const char *what, int fd) {
    int flags = fcntl(fd, F_GETFL);
    say("%s: access %d%s%s%s%s", what, flags & O_ACCMODE, flags & O_APPEND ? " append" : "",
        flags & O_NONBLOCK ? " nonblock" : "", flags & O_CREAT ? " creat" : "", flags & O_TRUNC ? " trunc" : "");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT | O_TRUNC | O_EXCL, 0644));
    tell("creation flags are not kept", fd);
    must(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    tell("set", fd);
    must(fcntl(fd, F_SETFL, O_WRONLY | O_CREAT | O_TRUNC));
    tell("the access mode cannot be changed", fd);
    tell("read-only", (int)must(open("file", O_RDONLY)));
    tell("write-only", (int)must(open("file", O_WRONLY | O_APPEND | O_NONBLOCK)));
    int on = 1, off = 0, ends[2];
    must(pipe(ends));
    must(ioctl(ends[0], FIONBIO, &on));
    tell("FIONBIO", ends[0]);
    char byte;
    result("read", read(ends[0], &byte, 1));
    must(ioctl(ends[0], FIONBIO, &off));
    tell("off", ends[0]);
    say("close-on-exec: %d", fcntl(fd, F_GETFD));
    must(ioctl(fd, FIOCLEX));
    say("FIOCLEX: %d", fcntl(fd, F_GETFD));
    must(ioctl(fd, FIONCLEX));
    say("FIONCLEX: %d", fcntl(fd, F_GETFD));
    must(fcntl(fd, F_SETFD, FD_CLOEXEC));
    say("F_SETFD: %d", fcntl(fd, F_GETFD));
    say("O_CLOEXEC: %d", fcntl((int)must(open("file", O_RDONLY | O_CLOEXEC)), F_GETFD));
    result("odd command", fcntl(fd, 9999));
    result("not open", fcntl(900, F_GETFL));
    result("odd ioctl", ioctl(fd, 0x12345678, &on));
    result("terminal ioctl on a file", ioctl(fd, TIOCGWINSZ, &(struct winsize){0}));
    result("ioctl, not open", ioctl(900, FIONBIO, &on));
    result("FIONBIO, bad address", ioctl(ends[0], FIONBIO, (int *)8));
    int waiting = -1;
    must(write(fd, "0123456789", 10));
    must(lseek(fd, 4, SEEK_SET));
    must(ioctl(fd, FIONREAD, &waiting));
    say("FIONREAD of a file: %d", waiting);
    result("isatty", isatty(fd) == 0 ? -1 : 1);
    return finish();
}
