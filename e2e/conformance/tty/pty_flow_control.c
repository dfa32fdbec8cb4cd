/* ^S ^Q, tcflow(3), IXON: output stops and goes on. */
#include "pty.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    struct pty pty = open_pty();
    change_flags(pty.slave, ECHO, 0, 0);
    type_and_settle(pty, "\x13");
    must(fcntl(pty.slave, F_SETFL, O_NONBLOCK));
    result("write while stopped", write(pty.slave, "held", 4));
    must(fcntl(pty.slave, F_SETFL, 0));
    pid_t child = fork_child();
    if (child == 0) {
        must(write(pty.slave, "waited", 6));
        _exit(0);
    }
    wait_until_asleep(child);
    say_available("nothing on the screen", pty.master, 20);
    type(pty, "\x11");
    say_available("after ^Q", pty.master, 1000);
    say_status("writer", wait_for(child));
    type(pty, "a\x13" "b\x11" "c\n");
    say_read("the keys are not in the input", pty.slave, 100);

    result("tcflow off", tcflow(pty.slave, TCOOFF));
    child = fork_child();
    if (child == 0) {
        must(write(pty.slave, "by tcflow", 9));
        _exit(0);
    }
    wait_until_asleep(child);
    say_available("nothing", pty.master, 20);
    result("tcflow on", tcflow(pty.slave, TCOON));
    say_available("screen", pty.master, 1000);
    wait_for(child);

    struct termios termios;
    must(tcgetattr(pty.slave, &termios));
    termios.c_iflag &= ~IXON;
    must(tcsetattr(pty.slave, TCSANOW, &termios));
    type(pty, "x\x13y\n");
    say_read("without IXON they are bytes", pty.slave, 100);
    must(write(pty.slave, "free", 4));
    say_available("screen", pty.master, 1000);
    result("odd action", tcflow(pty.slave, 77));
    return finish();
}
