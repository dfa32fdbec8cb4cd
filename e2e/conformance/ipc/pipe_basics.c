/* build: static dynamic */
/* pipe(2): bytes in order, end of file, who holds which end, errors. */
#include "conformance.h"
#include <sys/ioctl.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(pipe(ends));
    say("descriptors: %d %d", ends[0], ends[1]);
    char buffer[64] = "";
    result("write", write(ends[1], "hello ", 6));
    result("write", write(ends[1], "world", 5));
    int waiting = -1;
    must(ioctl(ends[0], FIONREAD, &waiting));
    say("waiting: %d", waiting);
    result("read a part", read(ends[0], buffer, 4));
    result("read the rest, whatever writes it came from", read(ends[0], buffer + 4, 60));
    say("text: %s", buffer);
    result("write of nothing", write(ends[1], "", 0));
    must(ioctl(ends[0], FIONREAD, &waiting));
    say("waiting: %d", waiting);

    result("read from the writing end", read(ends[1], buffer, 1));
    result("write to the reading end", write(ends[0], buffer, 1));
    result("seek", lseek(ends[0], 0, SEEK_SET));
    result("pread", pread(ends[0], buffer, 1, 0));
    result("truncate", ftruncate(ends[1], 0));
    result("fsync", fsync(ends[1]));
    struct stat status;
    must(fstat(ends[0], &status));
    say("is a fifo: %d, size %ld, links %d", S_ISFIFO(status.st_mode), (long)status.st_size, (int)status.st_nlink);
    say("flags: %d %d", fcntl(ends[0], F_GETFL) & O_ACCMODE, fcntl(ends[1], F_GETFL) & O_ACCMODE);

    /* The end comes when the last writer closes, a copy in a child included. */
    struct gate gate = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        close(ends[0]);
        pass_gate(gate);
        must(write(ends[1], "last", 4));
        _exit(0);
    }
    must(close(ends[1]));
    open_gate(gate);
    result("from the child", read(ends[0], buffer, 64));
    result("end of file", read(ends[0], buffer, 64));
    result("and again", read(ends[0], buffer, 64));
    wait_for(child);

    /* A child blocks in read until somebody writes. */
    must(close(ends[0]));
    must(pipe(ends));
    child = fork_child();
    if (child == 0) {
        close(ends[1]);
        ssize_t length = read(ends[0], buffer, 64);
        buffer[length] = 0;
        say("child read: %s", buffer);
        _exit(read(ends[0], buffer, 1) == 0 ? 0 : 1);
    }
    wait_until_asleep(child);
    must(write(ends[1], "woken", 5));
    wait_until_asleep(child);
    must(close(ends[1]));
    say_status("child saw the end", wait_for(child));

    result("pipe2, odd flags", pipe2(ends, O_CREAT));
    must(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    say("pipe2: nonblocking %d, close-on-exec %d", (fcntl(ends[1], F_GETFL) & O_NONBLOCK) != 0, fcntl(ends[0], F_GETFD));
    return finish();
}
