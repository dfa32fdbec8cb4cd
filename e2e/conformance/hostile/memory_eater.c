/*
 * Tries: to touch more memory than the machine has.
 * Must: mmap fails, or the machine's own out-of-memory killer ends this program (SIGKILL); the host gives the machine
 * no page beyond its size; other processes of the machine live on.
 */
#include "hostile.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    if (getenv("HOSTILE_IN_GUEST") == NULL) {
        say("refused: set HOSTILE_IN_GUEST in a machine that may be lost");
        return 2;
    }
    pid_t child = fork_child();
    if (child == 0) {
        for (long megabytes = 0;; megabytes += 16) {
            char *area = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (area == MAP_FAILED) {
                say("mmap: %s", errno_name(errno));
                _exit(1);
            }
            for (long i = 0; i < 16 << 20; i += PAGE) area[i] = (char)(megabytes + 1);
        }
    }
    say_status("the eater", wait_for(child));
    char *after = must_map(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(after, 1, 1 << 20);
    return survived();
}
