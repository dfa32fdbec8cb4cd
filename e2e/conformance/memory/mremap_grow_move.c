/* mremap(2): growing in place, moving, shrinking, fixed targets; contents and sharing are kept. */
#include "conformance.h"

static bool intact(const char *area, size_t length, uint32_t seed) {
    char *expected = malloc(length);
    fill_pattern(expected, length, seed);
    bool same = memcmp(area, expected, length) == 0;
    free(expected);
    return same;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    /* A reserved region, so that what lies around is known. */
    char *region = must_map(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(munmap(region, 64 * PAGE));
    int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    char *area = must_map(region, 4 * PAGE, PROT_READ | PROT_WRITE, fixed, -1, 0);
    fill_pattern(area, 4 * PAGE, 7);
    check(mremap(area, 4 * PAGE, 8 * PAGE, 0) == area, "grows in place into free space");
    check(intact(area, 4 * PAGE, 7) && area[4 * PAGE] == 0 && area[8 * PAGE - 1] == 0, "old content, then zeros");
    check(mremap(area, 8 * PAGE, 3 * PAGE, 0) == area && !readable(area + 3 * PAGE), "shrinks");
    must_map(region + 3 * PAGE, PAGE, PROT_READ, fixed, -1, 0);
    result("no room and no permission to move", mremap(area, 3 * PAGE, 6 * PAGE, 0));
    char *moved = mremap(area, 3 * PAGE, 6 * PAGE, MREMAP_MAYMOVE);
    check(moved != MAP_FAILED && moved != area, "moves");
    check(intact(moved, 3 * PAGE, 7) && !readable(area), "the content has moved, the old place is free");
    check(mremap(moved, 6 * PAGE, 6 * PAGE, MREMAP_MAYMOVE) == moved, "the same size stays");

    char *target = region + 32 * PAGE;
    must_map(target, 2 * PAGE, PROT_READ, fixed, -1, 0);
    check(mremap(moved, 6 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target, "to a fixed place");
    target[0] ^= 1;
    target[0] ^= 1;
    check(intact(target, 3 * PAGE, 7), "which it replaces; content and protection come along");

    /* A middle part moves out of a mapping. */
    char *whole = must_map(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 5; i++) memset(whole + i * PAGE, 'A' + i, PAGE);
    char *part = mremap(whole + 2 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    check(part != MAP_FAILED, "a middle page grows, so it moves");
    say("parts: %c %c %c %d, hole %d", whole[PAGE], part[0], whole[3 * PAGE], part[PAGE], !readable(whole + 2 * PAGE));

    /* Shared memory and file mappings stay what they are. */
    char *shared = must_map(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared[0] = 's';
    pid_t child = fork_child();
    if (child == 0) {
        char *elsewhere = mremap(shared, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, region + 48 * PAGE);
        elsewhere[1] = 'h';
        _exit(elsewhere[0] == 's' ? 0 : 1);
    }
    say_status("child moved its view", wait_for(child));
    say("still shared: %c%c", shared[0], shared[1]);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(ftruncate(fd, 4 * PAGE));
    for (int i = 0; i < 4; i++) must(pwrite(fd, &"0123"[i], 1, i * PAGE));
    char *view = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE);
    view = mremap(view, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    check(view != MAP_FAILED, "a file view grows");
    say("it goes on in the file: %c%c%c", view[0], view[PAGE], view[2 * PAGE]);
    view[2 * PAGE] = 'X';
    char byte;
    must(pread(fd, &byte, 1, 3 * PAGE));
    say("and writes to it: %c", byte);

    result("odd address", mremap(target + 1, PAGE, PAGE, 0));
    result("new size 0", mremap(target, PAGE, 0, 0));
    result("old size 0 of private memory", mremap(target, 0, PAGE, MREMAP_MAYMOVE));
    result("odd flags", mremap(target, PAGE, PAGE, 0x100));
    result("fixed without maymove", mremap(target, PAGE, PAGE, MREMAP_FIXED, region));
    result("onto itself", mremap(target, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target + PAGE));
    result("odd target", mremap(target, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, region + 1));
    must(munmap(region, PAGE));
    result("nothing there", mremap(region, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
    result("across two mappings", mremap(whole, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE));
    return finish();
}
