/* mmap(2), munmap(2): anonymous memory is zero, unmapping makes holes, what is mapped again is zero again. */
#include "conformance.h"

static void map_of(const char *what, char *area, int pages) {
    char line[64];
    for (int i = 0; i < pages; i++) line[i] = readable(area + i * PAGE) ? 'x' : '.';
    line[pages] = 0;
    say("%s: %s", what, line);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char *area = must_map(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(((uintptr_t)area & (PAGE - 1)) == 0, "page aligned");
    bool zero = true;
    for (long i = 0; i < 16 * PAGE; i++)
        if (area[i] != 0) zero = false;
    check(zero, "zero");
    fill_pattern(area, 16 * PAGE, 1);
    map_of("whole", area, 16);
    must(munmap(area + 4 * PAGE, 2 * PAGE));
    map_of("a hole", area, 16);
    must(munmap(area + 3 * PAGE, 4 * PAGE));
    map_of("over the hole", area, 16);
    must(munmap(area, PAGE));
    map_of("the front", area, 16);
    must(munmap(area + 14 * PAGE, 1));
    map_of("a byte of a page takes the page", area, 16);
    must(munmap(area + 4 * PAGE, PAGE));
    say("unmapping nothing is no error");

    char *again = must_map(area + 4 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    check(again == area + 4 * PAGE, "MAP_FIXED obeys");
    zero = true;
    for (int i = 0; i < 2 * PAGE; i++)
        if (again[i] != 0) zero = false;
    check(zero, "a page mapped again is zero");
    char expected[16 * PAGE];
    fill_pattern(expected, sizeof expected, 1);
    check(memcmp(area + 8 * PAGE, expected + 8 * PAGE, 6 * PAGE) == 0, "its neighbours kept their contents");

    must_map(area + 7 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    check(area[7 * PAGE] == 0 && area[9 * PAGE - 1] == 0 && area[9 * PAGE] == expected[9 * PAGE],
          "MAP_FIXED replaces exactly what it covers");
    result("MAP_FIXED_NOREPLACE over something",
           mmap(area + 8 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    check(mmap(area + 15 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != area + 8 * PAGE,
          "a hint that is taken leads elsewhere");
    must(munmap(area, 16 * PAGE));
    map_of("everything unmapped", area, 16);
    check(mmap(area, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == area,
          "MAP_FIXED_NOREPLACE in free space");

    char *first = must_map(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *second = must_map(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(first != second, "two mappings do not overlap");
    size_t big = 1L << 32;
    char *sparse = must_map(NULL, big, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    sparse[0] = 1, sparse[big - 1] = 2, sparse[big / 2] = 3;
    say("4 GiB, touched in three places: %d %d %d %d", sparse[0], sparse[1], sparse[big / 2], sparse[big - 1]);
    must(munmap(sparse, big));
    return finish();
}
