/* termios(3), canonical mode: lines, erase, word erase, kill, literal next, end of file, other end characters, long lines. */
#include "pty.h"

static struct pty pty;

static void try(const char *what, const char *keys) {
    type(pty, keys);
    say_available(what, pty.slave, 1000);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pty = open_pty();
    change_flags(pty.slave, ECHO, 0, 0);
    try("a line", "hello\n");
    type(pty, "no newline");
    say_available("not before its end", pty.slave, 50);
    try("then the line", " yet\n");
    try("carriage return becomes newline", "cr\r");
    try("erase", "helxx\x7f\x7flo\n");
    try("erase more than there is", "a\x7f\x7f\x7f\x7f" "b\n");
    try("word erase", "one two  three \x17" "3\n");
    try("kill", "forget all this\x15kept\n");
    try("literal next", "a\x16\x7f" "b\x16\x03" "c\x16\n" "d\n");
    try("end of file pushes a part", "part\x04");
    try("reprint does nothing to the text", "ab\x12" "cd\n");

    type(pty, "\x04");
    say_read("end of file on an empty line", pty.slave, 100);
    try("and then it goes on", "after\n");
    type_and_settle(pty, "first\nsecond\nthird\n");
    say_read("one line a read", pty.slave, 100);
    say_read("a part of a line", pty.slave, 3);
    say_read("its rest", pty.slave, 100);
    int waiting = -1;
    must(ioctl(pty.slave, FIONREAD, &waiting));
    say("waiting: %d", waiting);
    say_read("the third", pty.slave, 100);

    struct termios termios;
    must(tcgetattr(pty.slave, &termios));
    termios.c_cc[VEOL] = '#';
    termios.c_cc[VERASE] = '@';
    must(tcsetattr(pty.slave, TCSANOW, &termios));
    try("other characters", "abc@d#rest\n");
    try("the old erase is a character now", "x\x7fy\n");
    termios.c_cc[VERASE] = 0;
    must(tcsetattr(pty.slave, TCSANOW, &termios));
    try("switched off", "abc@\n");

    must(tcgetattr(pty.slave, &termios));
    termios.c_iflag |= INLCR | IGNCR | ISTRIP | IUCLC;
    termios.c_iflag &= ~IXON;
    must(tcsetattr(pty.slave, TCSANOW, &termios));
    try("input flags", "UP\rper\xc1#");
    termios.c_iflag = ICRNL;
    must(tcsetattr(pty.slave, TCSANOW, &termios));

    /* A line holds 4095 characters and its end; what is more is dropped. */
    char keys[5001];
    memset(keys, 'k', 5000);
    keys[5000] = 0;
    for (int i = 0; i < 5000; i += 500) write_all(pty.master, keys + i, 500);
    type(pty, "\n");
    char line[8192];
    ssize_t length = read(pty.slave, line, sizeof line);
    say("a long line: %zd, ends with newline %d", length, length > 0 && line[length - 1] == '\n');

    must(fcntl(pty.slave, F_SETFL, O_NONBLOCK));
    result("nothing there", read(pty.slave, line, sizeof line));
    type_and_settle(pty, "half");
    result("half a line", read(pty.slave, line, sizeof line));
    return finish();
}
