/* execve(2) with no argument at all: since Linux 5.18 the program gets one empty argument; no environment is no error. */
#include "conformance.h"

extern char **environ;

int main(int argc, char **argv) {
    if (argc == 1 && argv[0][0] == 0) {
        say("argc %d, argv[0] is '%s', environment %s", argc, argv[0], environ[0] == NULL ? "empty" : "not empty");
        return 0;
    }
    begin(argc, argv);
    char *none[] = {NULL};
    pid_t child = fork_child();
    if (child == 0) {
        execve(self_path, none, none);
        _exit(99);
    }
    say_status("empty lists", wait_for(child));
    child = fork_child();
    if (child == 0) {
        syscall(SYS_execve, self_path, NULL, NULL);
        _exit(99);
    }
    say_status("no lists", wait_for(child));
    return finish();
}
