/* pts(4), ptmx(4): numbers, names, locking, TIOCGPTPEER, several pairs, reuse, isatty, errors. */
#include "pty.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

int main(int argc, char **argv) {
    begin(argc, argv);
    int master = (int)must(posix_openpt(O_RDWR | O_NOCTTY));
    int number = -1, lock = -1;
    must(ioctl(master, TIOCGPTN, &number));
    char name[64], expected[64];
    snprintf(expected, sizeof expected, "/dev/pts/%d", number);
    must_be_zero(ptsname_r(master, name, sizeof name));
    check(strcmp(name, expected) == 0, "the name is /dev/pts/NUMBER");
    must(ioctl(master, TIOCGPTLCK, &lock));
    say("locked: %d", lock);
    result("open while locked", open(name, O_RDWR | O_NOCTTY));
    must(grantpt(master));
    must(unlockpt(master));
    must(ioctl(master, TIOCGPTLCK, &lock));
    say("locked: %d", lock);
    int slave = (int)must(open(name, O_RDWR | O_NOCTTY));
    check(isatty(slave) == 1 && isatty(master) == 1, "both are terminals");
    check(strcmp(ttyname(slave), name) == 0, "ttyname finds it");
    struct stat status;
    must(fstat(slave, &status));
    say("character device %d, others may nothing %d", S_ISCHR(status.st_mode), (status.st_mode & 07) == 0);
    check(status.st_uid == getuid(), "it belongs to us");
    int peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    check(peer >= 0 && (fcntl(peer, F_GETFD) & FD_CLOEXEC), "TIOCGPTPEER opens the other side");
    struct pty others[5];
    bool distinct = true;
    for (int i = 0; i < 5; i++) {
        others[i] = open_pty();
        if (strcmp(others[i].name, name) == 0) distinct = false;
        for (int j = 0; j < i; j++)
            if (strcmp(others[i].name, others[j].name) == 0) distinct = false;
    }
    check(distinct, "six pairs have six names");
    for (int i = 0; i < 5; i++) {
        char text[32];
        snprintf(text, sizeof text, "pair %d\n", i);
        type(others[i], text);
    }
    for (int i = 4; i >= 0; i--) say_read("own bytes", others[i].slave, 100);
    for (int i = 0; i < 5; i++) {
        close(others[i].master);
        result("its name is gone with the master", access(others[i].name, F_OK));
    }
    int file = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    result("ptsname of a file", ptsname_r(file, name, sizeof name) == 0 ? 0 : -1);
    result("TIOCGPTN of a slave", ioctl(slave, TIOCGPTN, &number));
    result("seek", lseek(slave, 0, SEEK_SET));
    result("a pair that is not there", open("/dev/pts/99999", O_RDWR));
    return finish();
}
