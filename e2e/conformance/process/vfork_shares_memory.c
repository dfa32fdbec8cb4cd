/* vfork(2): the child runs in the parent's memory, and the parent waits until it exits or executes. */
#include "conformance.h"

static volatile int shared;

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        say("executed: %s", argv[3]);
        return 7;
    }
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));

    pid_t child = vfork();
    if (child == 0) {
        shared = 41;
        struct timespec pause_time = {0, 20000000};
        nanosleep(&pause_time, NULL);
        shared++;
        close(fd);
        _exit(6);
    }
    say("the parent sees %d at once", shared);
    say_status("vfork and exit", wait_for(child));
    outcome("descriptors are not shared", fcntl(fd, F_GETFD));

    child = vfork();
    if (child == 0) {
        shared = 50;
        execl(self_path, self_path, "--role", "executed", "argument", NULL);
        _exit(1);
    }
    int seen = shared;
    say_status("vfork and exec", wait_for(child));
    say("the parent sees %d", seen);

    child = vfork();
    if (child == 0) {
        shared = 60;
        execl("./not-there", "not-there", NULL);
        shared = errno == ENOENT ? 61 : 62;
        _exit(127);
    }
    say("a failed exec comes back: %d", shared);
    say_status("vfork and no exec", wait_for(child));

    child = vfork();
    if (child == 0) {
        kill(getpid(), SIGKILL);
        _exit(0);
    }
    say_status("vfork and killed", wait_for(child));
    return finish();
}
