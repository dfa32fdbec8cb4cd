/* build: static dynamic */
/* /proc/self/maps: well formed, ordered, and telling protections, offsets and files of what was mapped. */
#include "conformance.h"

struct area {
    unsigned long start, end, offset, inode;
    char protection[8], device[16], name[PATH_MAX];
};

/* The area that holds an address; false when none does. Checks the whole list on its way. */
static bool find(const void *address, struct area *found) {
    FILE *stream = fopen("/proc/self/maps", "r");
    char line[PATH_MAX + 200];
    unsigned long last = 0;
    bool seen = false, ordered = true, formed = true;
    while (fgets(line, sizeof line, stream) != NULL) {
        struct area area = {0};
        int count = sscanf(line, "%lx-%lx %7s %lx %15s %lu %4095[^\n]", &area.start, &area.end, area.protection, &area.offset,
                           area.device, &area.inode, area.name);
        if (count < 6 || area.start >= area.end || strlen(area.protection) != 4) formed = false;
        if (area.start < last) ordered = false;
        last = area.end;
        if ((unsigned long)address >= area.start && (unsigned long)address < area.end) {
            *found = area;
            seen = true;
        }
    }
    fclose(stream);
    if (!ordered) check(false, "the list is ordered");
    if (!formed) check(false, "the list is well formed");
    return seen;
}

static void tell(const char *what, const void *address) {
    struct area area;
    if (!find(address, &area)) {
        say("%s: nothing", what);
        return;
    }
    char *name = strrchr(area.name, '/');
    say("%s: %s %s%s", what, area.protection, area.inode == 0 ? "no file" : "file",
        area.name[0] == '[' ? " special" : name != NULL && strcmp(name, "/file") == 0 ? " of that name" : "");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    static int data;
    static const int constant = 5;
    int local;
    tell("code", (void *)(uintptr_t)main);
    tell("data", &data);
    tell("constants", &constant);
    struct area area;
    check(find(&local, &area) && strcmp(area.name, "[stack]") == 0, "the stack has its name");
    void *top = sbrk(8192);
    check(find(top, &area) && strcmp(area.name, "[heap]") == 0, "the heap has its name");
    tell("address 0", NULL);
    char *anonymous = must_map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("anonymous", anonymous);
    must(mprotect(anonymous + PAGE, PAGE, PROT_READ));
    must(mprotect(anonymous + 2 * PAGE, PAGE, PROT_NONE));
    tell("read only", anonymous + PAGE);
    tell("no access", anonymous + 2 * PAGE);
    check(find(anonymous + PAGE, &area) && area.start == (unsigned long)anonymous + PAGE && area.end == area.start + PAGE,
          "mprotect splits");
    must(munmap(anonymous + 2 * PAGE, PAGE));
    tell("unmapped", anonymous + 2 * PAGE);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(ftruncate(fd, 5 * PAGE));
    char *shared = must_map(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 3 * PAGE);
    tell("file, shared", shared);
    check(find(shared, &area) && area.offset == 3 * PAGE, "its offset");
    struct stat status;
    must(fstat(fd, &status));
    check(area.inode == status.st_ino, "its inode");
    tell("file, private", must_map(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
    must(unlink("file"));
    check(find(shared, &area) && strstr(area.name, "/file (deleted)") != NULL, "an unlinked file is told");
    check(find((void *)(uintptr_t)main, &area) && strcmp(area.name, self_path) == 0, "the program's file");
    return finish();
}
