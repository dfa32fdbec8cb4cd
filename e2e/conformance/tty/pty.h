/* A pseudo-terminal for the programs of this folder: the master's side plays the person at the keyboard. */
#ifndef PTY_H
#define PTY_H

#include "conformance.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

struct pty {
    int master, slave;
    char name[64];
};

UNUSED static struct pty open_pty(void) {
    struct pty pty;
    pty.master = (int)must(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    must(grantpt(pty.master));
    must(unlockpt(pty.master));
    must_be_zero(ptsname_r(pty.master, pty.name, sizeof pty.name));
    pty.slave = (int)must(open(pty.name, O_RDWR | O_NOCTTY));
    return pty;
}

/* Turns local, input and output flags on and off. */
UNUSED static void change_flags(int fd, tcflag_t local_off, tcflag_t local_on, tcflag_t output_off) {
    struct termios termios;
    must(tcgetattr(fd, &termios));
    termios.c_lflag = (termios.c_lflag & ~local_off) | local_on;
    termios.c_oflag &= ~output_off;
    must(tcsetattr(fd, TCSANOW, &termios));
}

/* The keys reach the line discipline a little later: on Linux a kernel thread carries them (tty_flip_buffer_push). */
UNUSED static void type(struct pty pty, const char *keys) {
    write_all(pty.master, keys, strlen(keys));
}

/* For what comes next to find the keys processed: there is nothing to wait for that would tell it. */
UNUSED static void type_and_settle(struct pty pty, const char *keys) {
    type(pty, keys);
    sleep_ms(50);
}

/* Prints bytes with control characters as ^X. */
UNUSED static void say_bytes(const char *what, const char *bytes, ssize_t length) {
    if (length < 0) {
        say("%s: %s", what, errno_name(errno));
        return;
    }
    char line[2048] = "";
    for (ssize_t i = 0; i < length && strlen(line) < sizeof line - 8; i++) {
        unsigned char byte = bytes[i];
        if (byte < 32) snprintf(line + strlen(line), 8, "^%c", byte + 64);
        else if (byte == 127) strcat(line, "^?");
        else if (byte > 127) snprintf(line + strlen(line), 8, "<%02x>", byte);
        else strncat(line, (char *)&byte, 1);
    }
    say("%s: %zd '%s'", what, length, line);
}

/* What has come within the wait (0: what is there now). */
UNUSED static void say_available(const char *what, int fd, int wait_ms) {
    char bytes[1024];
    ssize_t length = 0;
    struct pollfd poll_fd = {fd, POLLIN, 0};
    while (length < (ssize_t)sizeof bytes && poll(&poll_fd, 1, length == 0 ? wait_ms : 0) > 0) {
        ssize_t step = read(fd, bytes + length, sizeof bytes - length);
        if (step <= 0) {
            if (length == 0) say_bytes(what, bytes, step);
            if (length == 0) return;
            break;
        }
        length += step;
    }
    say_bytes(what, bytes, length);
}

UNUSED static void say_read(const char *what, int fd, size_t most) {
    char bytes[8192];
    ssize_t length = read(fd, bytes, most < sizeof bytes ? most : sizeof bytes);
    say_bytes(what, bytes, length);
}

/* In a child: a new session with the slave as its controlling terminal and standard input. */
UNUSED static void take_terminal(struct pty pty) {
    must(setsid());
    must(ioctl(pty.slave, TIOCSCTTY, 0));
    must(dup2(pty.slave, 0));
}

#endif
