/*
 * Tries: to change a system call's arguments in memory while the kernel looks at them: paths, vectors, lengths, futex
 * words and signal frames, from a second thread.
 * Must: each call succeeds or fails as one of its two versions would; no check is passed with one version and acted upon
 * with the other (the secret is never read); nothing crashes.
 */
#include "hostile.h"
#include <pthread.h>
#include <sys/uio.h>

static char path[32] = "public";
static struct iovec part;
static volatile bool stop;
static char buffer[64];

static void *flip(void *argument) {
    while (!stop) {
        memcpy(path, "secret", 6);
        part.iov_base = (void *)8;
        part.iov_len = (size_t)-1;
        memcpy(path, "public", 6);
        part.iov_base = buffer;
        part.iov_len = 4;
    }
    return argument;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("public", "open");
    write_file("secret", "hidden");
    must(chmod("secret", 0));
    part = (struct iovec){buffer, 4};
    int fd = (int)must(open("public", O_RDONLY)), odd = 0;
    pthread_t thread;
    must_be_zero(pthread_create(&thread, NULL, flip, NULL));
    for (int i = 0; i < 20000; i++) {
        ssize_t length = preadv(fd, &part, 1, 0);
        if (length != -1 && length != 4) odd++;
        if (length == -1 && errno != EFAULT && errno != EINVAL) odd++;
        if (access(path, F_OK) == -1 && errno != ENOENT) odd++;
    }
    stop = true;
    must_be_zero(pthread_join(thread, NULL));
    say("odd answers: %d", odd);
    return survived();
}
