/* A thousand files: made, written, listed, renamed, linked, read and removed; and names of every kind. */
#include "conformance.h"
#include <dirent.h>

enum { many = 1000 };

static int count_entries(const char *path) {
    DIR *directory = opendir(path);
    int count = 0;
    while (readdir(directory) != NULL) count++;
    closedir(directory);
    return count - 2;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(mkdir("d", 0755));
    must(chdir("d"));
    char name[300], other[300];
    for (int i = 0; i < many; i++) {
        snprintf(name, sizeof name, "file-%d", i);
        int fd = (int)must(open(name, O_WRONLY | O_CREAT | O_EXCL, 0644));
        must(dprintf(fd, "content of %d", i));
        must(close(fd));
    }
    say("made: %d", count_entries("."));
    for (int i = 0; i < many; i += 2) {
        snprintf(name, sizeof name, "file-%d", i);
        snprintf(other, sizeof other, "renamed-%d", i);
        must(rename(name, other));
    }
    for (int i = 1; i < many; i += 10) {
        snprintf(name, sizeof name, "file-%d", i);
        snprintf(other, sizeof other, "link-%d", i);
        must(link(name, other));
    }
    say("renamed and linked: %d", count_entries("."));
    uint64_t sum = 0;
    for (int i = 0; i < many; i++) {
        snprintf(name, sizeof name, i % 2 ? "file-%d" : "renamed-%d", i);
        const char *text = file_text(name);
        sum = checksum(sum, text, strlen(text));
    }
    say("contents: %016lx", (unsigned long)sum);
    for (int i = 0; i < many; i++) {
        snprintf(name, sizeof name, i % 2 ? "file-%d" : "renamed-%d", i);
        must(unlink(name));
    }
    say("left: %d", count_entries("."));

    const char *const odd[] = {" ", "...", "-rf", "new\nline", "tab\t", "\x01\xff", "\xe2\x82\xac", "quote'\"", "*", "\\"};
    for (size_t i = 0; i < COUNT(odd); i++) {
        write_file(odd[i], "odd");
        must(access(odd[i], F_OK));
    }
    say("odd names: %d", count_entries(".") - 100);
    for (size_t i = 0; i < COUNT(odd); i++) must(unlink(odd[i]));
    memset(name, 'x', sizeof name);
    name[255] = 0;
    write_file(name, "longest name");
    say("%s", file_text(name));
    name[0] = 'X';
    say("case matters: %s", file_text(name));
    return finish();
}
