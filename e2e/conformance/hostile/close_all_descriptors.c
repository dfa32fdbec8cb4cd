/*
 * Tries: to close every descriptor, by close, close_range and dup2, and to use descriptors that are not its own.
 * Must: only the guest's own descriptors are closed; the machine's memory file and the host's descriptors are not
 * reachable by any number; new descriptors begin at 0, and the program goes on faulting in pages.
 */
#include "hostile.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int output = (int)must(fcntl(1, F_DUPFD, 500));
    struct stat status;
    int foreign = 0;
    for (int fd = 3; fd < 4096; fd++)
        if (fd != output && fstat(fd, &status) == 0) foreign++;
    say("descriptors that nobody gave us: %d", foreign);
    for (int fd = 0; fd < 500; fd++) close(fd);
    syscall(SYS_close_range, 501, ~0u, 0);
    int opened = open("/dev/null", O_RDWR);
    dprintf(output, "the first descriptor afterwards: %d\n", opened);
    char *area = mmap(NULL, 400 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 1, 400 * PAGE);
    pid_t child = fork();
    if (child == 0) _exit(area[399 * PAGE] == 1 ? 4 : 5);
    int code = 0;
    waitpid(child, &code, 0);
    dprintf(output, "a child: exited %d\n", WEXITSTATUS(code));
    must(dup2(output, 1));
    return survived();
}
