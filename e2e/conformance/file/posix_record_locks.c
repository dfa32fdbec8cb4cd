/* fcntl(2) locks: ranges, splitting and joining, who holds what, closing, deadlock, waiting; open file description locks. */
#include "conformance.h"

static int fd;

static int lock(int command, short type, off_t start, off_t length) {
    struct flock region = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &region);
}

/* What another process sees over the first 60 bytes, one letter for ten. */
static void seen(const char *what) {
    pid_t child = fork_child();
    if (child == 0) {
        char line[8] = "";
        for (int i = 0; i < 6; i++) {
            struct flock region = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10 * i, .l_len = 10};
            must(fcntl(fd, F_GETLK, &region));
            line[i] = region.l_type == F_UNLCK ? '.' : region.l_type == F_RDLCK ? 'r' : 'w';
        }
        say("%s: %s", what, line);
        _exit(0);
    }
    wait_for(child);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(lock(F_SETLK, F_WRLCK, 0, 60));
    seen("whole");
    must(lock(F_SETLK, F_UNLCK, 20, 20));
    seen("a hole");
    must(lock(F_SETLK, F_RDLCK, 10, 20));
    seen("read over it");
    must(lock(F_SETLK, F_WRLCK, 0, 0));
    seen("to the end of all files");
    pid_t child = fork_child();
    if (child == 0) {
        struct flock region = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 1000, .l_len = 5};
        must(fcntl(fd, F_GETLK, &region));
        say("who: %d, from %ld length %ld type %d whence %d", region.l_pid == getppid(), (long)region.l_start,
            (long)region.l_len, region.l_type, region.l_whence);
        result("locks are not inherited", lock(F_SETLK, F_RDLCK, 5, 1));
        _exit(0);
    }
    wait_for(child);
    int other = (int)must(open("file", O_RDONLY));
    must(close(other));
    seen("closing any descriptor of the file drops all");

    must(lseek(fd, 100, SEEK_SET));
    struct flock relative = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = -60, .l_len = -10};
    result("relative and backwards", fcntl(fd, F_SETLK, &relative));
    seen("30 to 39");
    must(lock(F_SETLK, F_UNLCK, 0, 0));

    /* Waiting: the child holds, we wait; then a cycle, which the kernel refuses. */
    struct gate held = make_gate(), go = make_gate();
    child = fork_child();
    if (child == 0) {
        must(lock(F_SETLK, F_WRLCK, 0, 10));
        open_gate(held);
        pass_gate(go);
        int value = lock(F_SETLKW, F_WRLCK, 10, 10), error = errno;
        _exit(value == 0 ? 0 : error == EDEADLK ? 35 : 1);
    }
    pass_gate(held);
    must(lock(F_SETLK, F_WRLCK, 10, 10));
    result("held by the child", lock(F_SETLK, F_WRLCK, 0, 10));
    open_gate(go);
    wait_until_asleep(child);
    result("a cycle", lock(F_SETLKW, F_WRLCK, 0, 10));
    must(lock(F_SETLK, F_UNLCK, 10, 10));
    say_status("the child went on", wait_for(child));
    result("its locks went with it", lock(F_SETLK, F_WRLCK, 0, 20));

    child = fork_child();
    if (child == 0) {
        close(fd);
        fd = (int)must(open("file", O_RDWR));
        open_gate(held);
        _exit(lock(F_SETLKW, F_RDLCK, 0, 5) == 0 ? 0 : 1);
    }
    pass_gate(held);
    wait_until_asleep(child);
    must(lock(F_SETLK, F_UNLCK, 0, 20));
    say_status("woken", wait_for(child));

    /* Open file description locks belong to the opening. */
    int second = (int)must(open("file", O_RDWR));
    result("OFD lock", lock(F_OFD_SETLK, F_WRLCK, 0, 10));
    struct flock region = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
    result("a second opening in the same process", fcntl(second, F_OFD_SETLK, &region));
    must(fcntl(second, F_OFD_GETLK, &region));
    say("holder: %d", region.l_pid);
    must(close(fd));
    region = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
    result("after the first is closed", fcntl(second, F_OFD_SETLK, &region));

    int reader = (int)must(open("file", O_RDONLY));
    region.l_type = F_WRLCK, region.l_start = 50;
    result("write lock on a reader", fcntl(reader, F_SETLK, &region));
    region.l_start = -5;
    result("before the start", fcntl(reader, F_SETLK, &region));
    region = (struct flock){.l_type = 77, .l_whence = SEEK_SET};
    result("odd type", fcntl(second, F_SETLK, &region));
    int ends[2];
    must(pipe(ends));
    region = (struct flock){.l_type = F_RDLCK, .l_whence = 9};
    result("odd whence", fcntl(second, F_SETLK, &region));
    return finish();
}
