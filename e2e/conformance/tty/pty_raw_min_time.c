/* termios(3), raw mode: bytes as they are, VMIN and VTIME in their four combinations, poll and FIONREAD. */
#include "pty.h"

static struct pty pty;

static void set(int least, int tenths) {
    struct termios termios;
    must(tcgetattr(pty.slave, &termios));
    cfmakeraw(&termios);
    termios.c_cc[VMIN] = (cc_t)least;
    termios.c_cc[VTIME] = (cc_t)tenths;
    must(tcsetattr(pty.slave, TCSANOW, &termios));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pty = open_pty();
    set(1, 0);
    type(pty, "a\r\n\x03\x04\x7f\xff");
    say_read("bytes as they are", pty.slave, 100);
    must(write(pty.slave, "out\n\r\t", 6));
    say_available("also outwards", pty.master, 1000);
    char all[256], back[256];
    for (int i = 0; i < 256; i++) all[i] = (char)i;
    must(write(pty.master, all, 256));
    result("all bytes in", (long)read_all(pty.slave, back, 256));
    check(memcmp(all, back, 256) == 0, "unchanged");
    must(write(pty.slave, all, 256));
    result("all bytes out", (long)read_all(pty.master, back, 256));
    check(memcmp(all, back, 256) == 0, "unchanged");

    set(0, 0);
    say_read("MIN 0 TIME 0: nothing there", pty.slave, 100);
    type_and_settle(pty, "xyz");
    say_read("MIN 0 TIME 0: what is there", pty.slave, 2);
    say_read("and the rest", pty.slave, 100);

    set(0, 1);
    int64_t started = monotonic_ms();
    say_read("MIN 0 TIME 1: nothing comes", pty.slave, 100);
    check(monotonic_ms() - started >= 90, "after a tenth of a second");
    type(pty, "q");
    say_read("MIN 0 TIME 1: a byte", pty.slave, 100);

    set(3, 0);
    pid_t child = fork_child();
    if (child == 0) {
        say_read("MIN 3: three bytes", pty.slave, 100);
        _exit(0);
    }
    wait_until_asleep(child);
    type(pty, "1");
    wait_until_asleep(child);
    type(pty, "23");
    wait_for(child);
    type(pty, "45");
    struct pollfd poll_fd = {pty.slave, POLLIN, 0};
    result("MIN 3: two bytes are not enough for poll", poll(&poll_fd, 1, 20));
    type_and_settle(pty, "6");
    result("three are", poll(&poll_fd, 1, 1000));
    say_read("MIN 3: a smaller buffer", pty.slave, 2);
    int waiting = 0;
    must(ioctl(pty.slave, FIONREAD, &waiting));
    say("waiting: %d", waiting);
    must(fcntl(pty.slave, F_SETFL, O_NONBLOCK));
    say_read("nonblocking takes what there is", pty.slave, 100);
    result("then nothing", read(pty.slave, all, 10));
    must(fcntl(pty.slave, F_SETFL, 0));

    /* MIN and TIME: the time runs between bytes. */
    set(5, 1);
    type(pty, "ab");
    started = monotonic_ms();
    say_read("MIN 5 TIME 1: two bytes, then a pause", pty.slave, 100);
    check(monotonic_ms() - started >= 80, "after a tenth of a second");

    /* Changing to canonical mode and back keeps what was typed. */
    set(1, 0);
    type_and_settle(pty, "kept\n");
    change_flags(pty.slave, 0, ICANON, 0);
    say_read("typed in raw mode, read in canonical mode", pty.slave, 100);
    return finish();
}
