/* termios(3), output: OPOST, ONLCR, OCRNL, ONOCR, ONLRET, OLCUC, tabs. */
#include "pty.h"

static struct pty pty;

static void try(const char *what, tcflag_t flags, const char *text) {
    struct termios termios;
    must(tcgetattr(pty.slave, &termios));
    termios.c_oflag = flags;
    must(tcsetattr(pty.slave, TCSADRAIN, &termios));
    must(write(pty.slave, text, strlen(text)));
    say_available(what, pty.master, 1000);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pty = open_pty();
    struct termios termios;
    must(tcgetattr(pty.slave, &termios));
    say("at first: OPOST %d ONLCR %d", (termios.c_oflag & OPOST) != 0, (termios.c_oflag & ONLCR) != 0);
    try("ONLCR", OPOST | ONLCR, "a\nb\r\n");
    try("nothing", OPOST, "a\nb\r\n");
    try("without OPOST", ONLCR, "a\nb\n");
    try("OCRNL", OPOST | OCRNL, "a\rb\n");
    try("ONOCR: no carriage return in column 0", OPOST | ONOCR, "\n\ra\r");
    try("OLCUC", OPOST | OLCUC, "lower UPPER\n");
    try("tabs as they are", OPOST | ONLCR, "\ra\tb\n");
    try("tabs expanded", OPOST | ONLCR | XTABS, "\ra\tbcdefgh\ti\n");
    try("backspace moves the column", OPOST | ONLCR | XTABS, "\rabc\b\td\n");

    /* A long text: the writer waits until the reader has made room. */
    try("plain again", OPOST, "-");
    pid_t child = fork_child();
    if (child == 0) {
        char block[1000];
        for (int i = 0; i < 100; i++) {
            fill_pattern(block, sizeof block, i);
            for (int j = 0; j < 1000; j++) block[j] = (char)('a' + (block[j] & 15));
            write_all(pty.slave, block, sizeof block);
        }
        _exit(0);
    }
    close(pty.slave);
    uint64_t sum = 0;
    char back[500];
    long total = 0;
    while (total < 100000) {
        ssize_t length = must(read(pty.master, back, sizeof back));
        sum = checksum(sum, back, length);
        total += length;
    }
    say_status("writer", wait_for(child));
    say("bytes %ld, checksum %016lx", total, (unsigned long)sum);
    return finish();
}
