/* execve(2): what stays (pid, parent, group, directory, umask, limits, timers, children) and what does not (memory, name). */
#include "conformance.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        check(getpid() == atoi(argv[3]), "same pid");
        check(getppid() == atoi(argv[4]), "same parent");
        check(getpgrp() == getpid() && getsid(0) == atoi(argv[5]), "same group and session");
        check(access("here", F_OK) == 0, "same directory");
        say("umask: %03o", umask(0));
        struct rlimit limit;
        must(getrlimit(RLIMIT_NOFILE, &limit));
        say("descriptor limit: %ld", (long)limit.rlim_cur);
        struct itimerval timer;
        must(getitimer(ITIMER_REAL, &timer));
        check(timer.it_value.tv_sec > 900, "the timer still runs");
        char name[16];
        must(prctl(PR_GET_NAME, name));
        say("name: %s", name);
        int signal_number;
        must(prctl(PR_GET_PDEATHSIG, &signal_number));
        say("parent-death signal: %d", signal_number);
        int status;
        pid_t child = (pid_t)must(wait(&status));
        check(child == atoi(argv[6]), "the child is still ours");
        say_status("child", status);
        int fd = atoi(argv[7]);
        say("a lock is kept: %s", fcntl(fd, F_GETFD) == -1 ? "no descriptor" : "descriptor open");
        return 0;
    }
    begin(argc, argv);
    must(mkdir("below", 0755));
    must(chdir("below"));
    write_file("here", "");
    pid_t child = fork_child();
    if (child == 0) {
        must(setpgid(0, 0));
        umask(0137);
        struct rlimit limit;
        must(getrlimit(RLIMIT_NOFILE, &limit));
        limit.rlim_cur = 99;
        must(setrlimit(RLIMIT_NOFILE, &limit));
        struct itimerval timer = {{0, 0}, {1000, 0}};
        must(setitimer(ITIMER_REAL, &timer, NULL));
        must(prctl(PR_SET_NAME, "before exec"));
        must(prctl(PR_SET_PDEATHSIG, SIGUSR1));
        int fd = (int)must(open("here", O_RDWR));
        pid_t grandchild = fork_child();
        if (grandchild == 0) _exit(5);
        char numbers[5][16];
        const int values[5] = {getpid(), getppid(), getsid(0), grandchild, fd};
        for (int i = 0; i < 5; i++) snprintf(numbers[i], sizeof numbers[i], "%d", values[i]);
        execl(self_path, self_path, "--role", "report", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
              NULL);
        _exit(99);
    }
    say_status("executed", wait_for(child));
    return finish();
}
