/*
 * The first process of Debian's user-mode-linux when it is measured: says that it runs, mounts what the program needs,
 * runs the program `work` that lies beside it for $milliseconds a measurement, and powers the machine off. The root is
 * the host's, so that paths are the same. Settings come by the environment: a kernel passes NAME=VALUE on to its init.
 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    (void)argc;
    static const char here[] = "@@umlaut init\n";
    (void)!write(1, here, sizeof here - 1);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
    char *milliseconds = getenv("milliseconds");
    int status = 0;
    if (milliseconds != NULL) {
        char work[4096];
        snprintf(work, sizeof work, "%s/work", dirname(argv[0]));
        pid_t child = fork();
        if (child == 0) {
            execl(work, work, "--milliseconds", milliseconds, "/tmp", NULL);
            _exit(127);
        }
        waitpid(child, &status, 0);
    }
    dprintf(1, "@@umlaut end %d\n", status);
    reboot(RB_POWER_OFF);
    return 1;
}
