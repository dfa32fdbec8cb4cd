/* tcgetattr(3), tcsetattr(3), tcflush, tcdrain, speeds, what a pty does not take, errors. */
#include "pty.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    struct pty pty = open_pty();
    struct termios termios, back;
    must(tcgetattr(pty.slave, &termios));
    say("input %06o output %06o control %06o local %06o", termios.c_iflag, termios.c_oflag, termios.c_cflag & ~CBAUD,
        termios.c_lflag);
    char line[256] = "";
    for (int i = 0; i < 17; i++) snprintf(line + strlen(line), 8, " %02x", termios.c_cc[i]);
    say("characters:%s", line);
    say("speed: %d %d", cfgetispeed(&termios) == B38400, cfgetospeed(&termios) == B38400);
    cfsetspeed(&termios, B9600);
    termios.c_iflag |= IXANY | IUTF8;
    termios.c_cc[VQUIT] = 'q';
    termios.c_cflag = (termios.c_cflag & ~CSIZE) | CS7 | PARENB;
    must(tcsetattr(pty.slave, TCSANOW, &termios));
    must(tcgetattr(pty.master, &back));
    say("seen from the master: speed %d, IXANY %d, IUTF8 %d, quit %c", cfgetospeed(&back) == B9600,
        (back.c_iflag & IXANY) != 0, (back.c_iflag & IUTF8) != 0, back.c_cc[VQUIT]);
    say("a pty stays at 8 bits without parity: %d %d", (back.c_cflag & CSIZE) == CS8, (back.c_cflag & PARENB) == 0);

    type_and_settle(pty, "one\ntwo\n");
    result("flush input", tcflush(pty.slave, TCIFLUSH));
    must(fcntl(pty.slave, F_SETFL, O_NONBLOCK));
    result("nothing left", read(pty.slave, line, 10));
    say_available("its echo was on the screen", pty.master, 1000);
    result("drain", tcdrain(pty.slave));
    type_and_settle(pty, "three\n");
    termios.c_lflag &= ~ECHO;
    must(tcsetattr(pty.slave, TCSAFLUSH, &termios));
    result("TCSAFLUSH drops what was typed", read(pty.slave, line, 10));
    say_available("screen", pty.master, 1000);
    must(write(pty.slave, "queued", 6));
    sleep_ms(50);
    int waiting = -1;
    must(ioctl(pty.master, FIONREAD, &waiting));
    say("waiting at the master: %d", waiting);
    say_available("screen", pty.master, 1000);

    result("odd action", ioctl(pty.slave, TCFLSH, 77));
    result("tcsetattr, odd action", tcsetattr(pty.slave, 77, &termios));
    result("not a terminal", tcgetattr(0, &termios));
    result("bad address", ioctl(pty.slave, TCGETS, (void *)8));
    result("not open", tcgetattr(900, &termios));
    result("send a break", tcsendbreak(pty.slave, 0));
    result("odd ioctl", ioctl(pty.slave, 0x5499, &waiting));
    return finish();
}
