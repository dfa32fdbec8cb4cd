/* RLIMIT_FSIZE: SIGXFSZ and EFBIG, a write is cut at the limit, truncate too; pipes are not files. */
#include "conformance.h"
#include <sys/resource.h>

static volatile sig_atomic_t caught;

static void handler(int number) {
    caught = number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    struct rlimit limit;
    must(getrlimit(RLIMIT_FSIZE, &limit));
    limit.rlim_cur = 10000;
    must(setrlimit(RLIMIT_FSIZE, &limit));
    handle(SIGXFSZ, handler, 0);
    char block[8000];
    memset(block, 'b', sizeof block);
    result("first", write(fd, block, sizeof block));
    result("cut at the limit", write(fd, block, sizeof block));
    say("signal: %s", signal_name(caught));
    result("beyond", write(fd, block, 1));
    say("signal: %s", signal_name(caught));
    caught = 0;
    result("truncate beyond", ftruncate(fd, 20000));
    say("signal: %s", signal_name(caught));
    result("truncate below", ftruncate(fd, 9000));
    result("write in the middle", pwrite(fd, block, 100, 50));
    caught = 0;
    result("write at a far offset", pwrite(fd, block, 100, 100000));
    say("signal: %s", signal_name(caught));
    handle(SIGXFSZ, SIG_IGN, 0);
    result("ignored", pwrite(fd, block, 100, 100000));
    result("fallocate", fallocate(fd, 0, 0, 50000));
    int ends[2];
    must(pipe(ends));
    result("a pipe", write(ends[1], block, sizeof block));
    pid_t child = fork_child();
    if (child == 0) {
        handle(SIGXFSZ, SIG_DFL, 0);
        pwrite(fd, block, 1, 10000);
        _exit(0);
    }
    say_status("by default", wait_for(child));
    struct stat status;
    must(fstat(fd, &status));
    say("size: %ld", (long)status.st_size);
    return finish();
}
