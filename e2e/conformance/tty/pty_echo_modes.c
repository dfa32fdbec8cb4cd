/* termios(3), echo: what appears on the screen for each key under ECHO, ECHOE, ECHOK, ECHOCTL, ECHONL. */
#include "pty.h"

static struct pty pty;

static void try(const char *what, const char *keys) {
    type_and_settle(pty, keys);
    say_available(what, pty.master, 1000);
    tcflush(pty.slave, TCIFLUSH);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pty = open_pty();
    try("plain", "hello\n");
    try("carriage return", "cr\r");
    try("erase", "ab\x7f\n");
    try("erase on an empty line shows nothing, a newline does", "\x7f\n");
    try("erase a control character", "a\x01\x7f\n");
    try("word erase", "one two\x17\n");
    try("kill", "abc\x15\n");
    try("control characters", "a\x01" "b\x1b" "c\n");
    try("literal next", "a\x16\x15" "b\n");
    try("tab", "a\tb\n");
    try("erase over a tab", "a\t\x7f" "b\n");
    try("reprint", "abc\x12\n");
    change_flags(pty.slave, ECHOE, 0, 0);
    try("without ECHOE", "ab\x7f\n");
    change_flags(pty.slave, ECHOKE, 0, 0);
    try("without ECHOKE", "abc\x15\n");
    change_flags(pty.slave, ECHOK, 0, 0);
    try("without ECHOK", "abc\x15\n");
    change_flags(pty.slave, ECHOCTL, ECHOE, 0);
    try("without ECHOCTL", "a\x01" "b\n");
    change_flags(pty.slave, ECHO, 0, 0);
    type(pty, "secret\n");
    say_available("without ECHO", pty.master, 50);
    change_flags(pty.slave, 0, ECHONL, 0);
    try("only newlines", "secret\n");
    change_flags(pty.slave, ICANON, ECHO | ECHOCTL, 0);
    try("echo without canonical mode", "a\x7f\x15\r\n");

    /* Echo and output share the way to the screen, in order. */
    change_flags(pty.slave, 0, ICANON | ECHO, 0);
    type_and_settle(pty, "typed\n");
    must(write(pty.slave, "printed\n", 8));
    say_available("in order", pty.master, 1000);
    return finish();
}
