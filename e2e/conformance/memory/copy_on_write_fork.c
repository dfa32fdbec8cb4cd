/* build: static dynamic */
/* Copy on write: after forks in several generations every process has its own bytes, whoever writes first. */
#include "conformance.h"

enum { pages = 200 };

static uint64_t sum_of(const char *area) {
    return checksum(0, area, pages * PAGE);
}

static uint64_t expected(int generation) {
    char *area = malloc(pages * PAGE);
    fill_pattern(area, pages * PAGE, 1);
    for (int g = 1; g <= generation; g++)
        for (int i = g; i < pages; i += g + 1) area[i * PAGE + g] = (char)g;
    uint64_t sum = sum_of(area);
    free(area);
    return sum;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char *area = must_map(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fill_pattern(area, pages * PAGE, 1);

    /* Six generations: each changes some pages and forks the next; all then check what they see. */
    int generation = 0;
    pid_t child = 0;
    while (generation < 6 && (child = fork_child()) == 0) {
        generation++;
        for (int i = generation; i < pages; i += generation + 1) area[i * PAGE + generation] = (char)generation;
    }
    int status = generation == 6 ? 0 : wait_for(child);
    bool right = sum_of(area) == expected(generation);
    if (generation > 0) _exit(WEXITSTATUS(status) + (right ? 1 : 0));
    say_status("generations with the right memory", status);
    check(right, "the oldest one's memory is unchanged");

    /* The parent writes while the child reads. */
    struct gate go = make_gate();
    child = fork_child();
    if (child == 0) {
        pass_gate(go);
        _exit(sum_of(area) == expected(0) ? 0 : 1);
    }
    memset(area, 'p', pages * PAGE);
    open_gate(go);
    say_status("the child does not see the parent's writes", wait_for(child));

    /* A system call writes into a shared page: read(2) must break the sharing as a store does. */
    write_file("file", "from the file");
    child = fork_child();
    if (child == 0) {
        int fd = (int)must(open("file", O_RDONLY));
        must(read(fd, area + 10, 13));
        say("child: %.13s", area + 10);
        _exit(0);
    }
    wait_for(child);
    say("parent: %.13s", area + 10);

    /* After the children are gone the last owner writes on, page after page. */
    for (int i = 0; i < pages; i++) area[i * PAGE] = (char)i;
    say("checksum: %016lx", (unsigned long)sum_of(area));

    /* Many short children, each writing everything. */
    int good = 0;
    for (int i = 0; i < 30; i++) {
        child = fork_child();
        if (child == 0) {
            memset(area, i, pages * PAGE);
            _exit(area[pages * PAGE - 1] == i ? 0 : 1);
        }
        if (wait_for(child) == 0) good++;
    }
    say("children: %d, checksum: %016lx", good, (unsigned long)sum_of(area));
    return finish();
}
