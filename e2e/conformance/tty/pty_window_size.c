/* TIOCGWINSZ, TIOCSWINSZ: sizes set on either side, SIGWINCH to the foreground group and only on a change. */
#include "pty.h"

static volatile sig_atomic_t changes;

static void handler(int number) {
    (void)number;
    changes++;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct pty pty = open_pty();
    struct winsize size = {99, 99, 99, 99};
    must(ioctl(pty.slave, TIOCGWINSZ, &size));
    say("at first: %d %d %d %d", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
    size = (struct winsize){24, 80, 640, 480};
    must(ioctl(pty.master, TIOCSWINSZ, &size));
    size = (struct winsize){0};
    must(ioctl(pty.slave, TIOCGWINSZ, &size));
    say("slave: %d %d %d %d", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
    struct gate ready = make_gate(), told = make_gate();
    pid_t leader = fork_child();
    if (leader == 0) {
        take_terminal(pty);
        handle(SIGWINCH, handler, 0);
        open_gate(ready);
        while (changes == 0) sleep_ms(1);
        must(ioctl(0, TIOCGWINSZ, &size));
        say("SIGWINCH, now %d %d", size.ws_row, size.ws_col);
        open_gate(told);
        pass_gate(ready);
        say("signals: %d", changes);
        _exit(0);
    }
    pass_gate(ready);
    size = (struct winsize){50, 132, 0, 0};
    must(ioctl(pty.master, TIOCSWINSZ, &size));
    pass_gate(told);
    must(ioctl(pty.master, TIOCSWINSZ, &size));
    must(ioctl(pty.slave, TIOCSWINSZ, &size));
    open_gate(ready);
    say_status("leader", wait_for(leader));
    result("not a terminal", ioctl(0, TIOCGWINSZ, &size));
    result("bad address", ioctl(pty.slave, TIOCGWINSZ, (void *)8));
    return finish();
}
