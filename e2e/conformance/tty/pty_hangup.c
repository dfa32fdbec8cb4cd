/* What happens when one side closes: end of file, EIO, hang-up events, SIGHUP to the session, SIGHUP when the leader ends. */
#include "pty.h"

static short events_of(int fd) {
    struct pollfd poll_fd = {fd, POLLIN | POLLOUT, 0};
    poll(&poll_fd, 1, 0);
    return poll_fd.revents;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char buffer[64];
    struct pty pty = open_pty();
    must(write(pty.slave, "last words", 10));
    must(close(pty.slave));
    say_read("the master reads what was written", pty.master, 64);
    result("then, with no slave open", read(pty.master, buffer, 64));
    say("hang-up told: %d", (events_of(pty.master) & POLLHUP) != 0);
    pty.slave = (int)must(open(pty.name, O_RDWR | O_NOCTTY));
    say("slave opened again, hang-up told: %d", (events_of(pty.master) & POLLHUP) != 0);
    type(pty, "works\n");
    say_read("slave", pty.slave, 64);

    type_and_settle(pty, "left over\n");
    must(close(pty.master));
    result("slave read after the master's close", read(pty.slave, buffer, 64));
    result("slave write", write(pty.slave, "x", 1));
    result("slave ioctl", ioctl(pty.slave, TIOCGWINSZ, &(struct winsize){0}));
    say("slave events: in %d hang-up %d", (events_of(pty.slave) & POLLIN) != 0, (events_of(pty.slave) & POLLHUP) != 0);

    /* A reader that is blocked wakes up. */
    pty = open_pty();
    struct gate ready = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        close(pty.master);
        open_gate(ready);
        ssize_t length = read(pty.slave, buffer, 64);
        /* EIO or the end of file: which of the two depends on how far the close has come when it looks. */
        say("blocked reader: %s", length == 0 || (length == -1 && errno == EIO) ? "told" : "wrong");
        _exit(0);
    }
    pass_gate(ready);
    wait_until_asleep(child);
    must(close(pty.master));
    say_status("child", wait_for(child));

    /* The session on it gets SIGHUP, the foreground group SIGCONT, too. */
    pty = open_pty();
    child = fork_child();
    if (child == 0) {
        close(pty.master);
        take_terminal(pty);
        open_gate(ready);
        for (;;) pause();
    }
    pass_gate(ready);
    must(close(pty.slave));
    must(close(pty.master));
    say_status("session leader", wait_for(child));

    /* When a leader ends its foreground group is hung up. */
    pty = open_pty();
    struct gate told = make_gate();
    child = fork_child();
    if (child == 0) {
        take_terminal(pty);
        if (fork_child() == 0) {
            close(pty.master);
            handle(SIGHUP, SIG_DFL, 0);
            open_gate(ready);
            for (;;) pause();
        }
        pass_gate(ready);
        /* The told gate closes when the last process of the session is gone. */
        _exit(0);
    }
    close(told.ends[1]);
    say_status("leader", wait_for(child));
    result("its group is gone with it", read(told.ends[0], buffer, 1));
    result("the terminal itself still works for us", write(pty.slave, "x", 1));
    return finish();
}
