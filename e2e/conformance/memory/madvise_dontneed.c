/* madvise(2): MADV_DONTNEED drops private pages (zeros, or the file again) and not shared ones; WIPEONFORK, DONTFORK. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    char *area = must_map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 'a', 4 * PAGE);
    must(madvise(area + PAGE, 2 * PAGE, MADV_DONTNEED));
    say("private: %d %d %d %d", area[0], area[PAGE], area[3 * PAGE - 1], area[3 * PAGE]);

    char *shared = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared[0] = 's';
    must(madvise(shared, PAGE, MADV_DONTNEED));
    say("shared: %c", shared[0]);

    write_file("file", "text of the file");
    int fd = (int)must(open("file", O_RDWR));
    char *view = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    view[0] = 'T';
    say("own copy: %s", view);
    must(madvise(view, PAGE, MADV_DONTNEED));
    say("the file again: %s", view);
    char *file_shared = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    file_shared[1] = 'E';
    must(madvise(file_shared, PAGE, MADV_DONTNEED));
    say("shared view: %s", file_shared);

    /* After a fork the child's dropping does not touch the parent's pages. */
    pid_t child = fork_child();
    if (child == 0) {
        must(madvise(area, PAGE, MADV_DONTNEED));
        _exit(area[0]);
    }
    say_status("child sees", wait_for(child));
    say("parent sees: %c", area[0]);

    char *wiped = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *absent = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    wiped[0] = 'w', absent[0] = 'x';
    result("MADV_WIPEONFORK", madvise(wiped, PAGE, MADV_WIPEONFORK));
    result("MADV_DONTFORK", madvise(absent, PAGE, MADV_DONTFORK));
    child = fork_child();
    if (child == 0) {
        say("child: wiped %d", wiped[0]);
        _exit(absent[0]);
    }
    say_status("the absent page", wait_for(child));
    say("parent: %c %c", wiped[0], absent[0]);
    result("MADV_WIPEONFORK of shared memory", madvise(shared, PAGE, MADV_WIPEONFORK));

    const int harmless[] = {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED};
    for (size_t i = 0; i < COUNT(harmless); i++) {
        must(madvise(view, PAGE, harmless[i]));
        must(madvise(area + 3 * PAGE, PAGE, harmless[i]));
    }
    say("harmless advice: %c %s", area[3 * PAGE], view);
    return finish();
}
