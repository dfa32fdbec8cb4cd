/* RLIMIT_AS and RLIMIT_DATA: mmap and brk fail with ENOMEM, nothing else is harmed. */
#include "conformance.h"
#include <sys/resource.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    struct rlimit limit;
    must(getrlimit(RLIMIT_AS, &limit));
    limit.rlim_cur = 256 << 20;
    must(setrlimit(RLIMIT_AS, &limit));
    outcome("100 MiB", mmap(NULL, 100 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    char *second = mmap(NULL, 100 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("100 MiB more: %s", second == MAP_FAILED ? errno_name(errno) : "ok");
    result("100 MiB still more", mmap(NULL, 100 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    result("not even without access", mmap(NULL, 100 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    check(malloc(100 << 20) == NULL, "malloc says so");
    void *some = malloc(1 << 20);
    check(some != NULL, "a little is left");
    result("growing", mremap(second, 100 << 20, 200 << 20, MREMAP_MAYMOVE));
    must(munmap(second, 100 << 20));
    outcome("what was given back can be had again",
            mmap(NULL, 100 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    pid_t child = fork_child();
    if (child == 0) _exit(mmap(NULL, 100 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 0 : 1);
    say_status("a child's memory counts the same", wait_for(child));
    result("too long anyway", mmap(NULL, 1L << 50, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    return finish();
}
