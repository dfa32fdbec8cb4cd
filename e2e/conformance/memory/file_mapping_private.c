/* MAP_PRIVATE of a file: its bytes, zeros to the end of the page, own copies after a write, nothing written back. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    char content[3 * 4096 + 100];
    fill_pattern(content, sizeof content, 4);
    write_all(fd, content, sizeof content);

    char *view = must_map(NULL, sizeof content, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    must(close(fd));
    check(memcmp(view, content, sizeof content) == 0, "the file's bytes, also after close");
    bool zero = true;
    for (size_t i = sizeof content; i < 4 * PAGE; i++)
        if (view[i] != 0) zero = false;
    check(zero, "zeros to the end of the last page");

    view[0] = 'A';
    view[2 * PAGE] = 'B';
    fd = (int)must(open("file", O_RDWR));
    char byte;
    must(pread(fd, &byte, 1, 0));
    check(byte == content[0], "the file does not change");
    char *second = must_map(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
    check(second[0] == content[2 * PAGE], "nor does a second view, from an offset");

    must(pwrite(fd, "Z", 1, 2 * PAGE));
    check(view[2 * PAGE] == 'B', "a page that was written stays as we wrote it");
    check(second[0] == 'Z', "a page that was not shows the file's new content");

    pid_t child = fork_child();
    if (child == 0) {
        check(view[0] == 'A', "a child inherits the copy");
        view[1] = 'c';
        _exit(0);
    }
    wait_for(child);
    check(view[1] == content[1], "and its writes are its own");

    must(unlink("file"));
    check(view[PAGE] == content[PAGE] && second[1] == content[2 * PAGE + 1], "an unlinked file stays mapped");
    char *read_only = must_map(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    must(mprotect(read_only, PAGE, PROT_READ | PROT_WRITE));
    read_only[5] = 'w';
    must(pread(fd, &byte, 1, 5));
    check(byte == content[5], "made writable later it is still private");

    /* The code of a program is such a mapping, too. */
    int self = (int)must(open(self_path, O_RDONLY));
    char magic[4];
    must(pread(self, magic, 4, 0));
    char *image = must_map(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, self, 0);
    check(memcmp(image, magic, 4) == 0 && memcmp(magic, "\177ELF", 4) == 0, "mapped executable, it reads as the file");
    return finish();
}
