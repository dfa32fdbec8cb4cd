/* getdents64(2), readdir(3): each entry once, types, inode numbers, rewinding, changes while reading, many entries. */
#include "conformance.h"
#include <dirent.h>

static int by_name(const void *first, const void *second) {
    return strcmp(*(char *const *)first, *(char *const *)second);
}

static char type_letter(unsigned char type) {
    return type == DT_REG ? 'f' : type == DT_DIR ? 'd' : type == DT_LNK ? 'l' : type == DT_FIFO ? 'p' : type == DT_SOCK ? 's' : '?';
}

static void list(const char *what, const char *path) {
    char *names[100];
    int count = 0;
    DIR *directory = opendir(path);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct stat status;
        must(fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW));
        bool same = status.st_ino == entry->d_ino || strcmp(entry->d_name, "..") == 0;
        if (asprintf(&names[count++], "%s/%c%s", entry->d_name, type_letter(entry->d_type), same ? "" : " wrong inode") == -1)
            must(-1);
    }
    closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    char line[2000] = "";
    for (int i = 0; i < count; i++) snprintf(line + strlen(line), sizeof line - strlen(line), " %s", names[i]);
    say("%s:%s", what, line);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(mkdir("d", 0755));
    list("empty", "d");
    must(mkdir("d/directory", 0755));
    write_file("d/file", "");
    must(symlink("file", "d/link"));
    must(mkfifo("d/fifo", 0644));
    write_file("d/.hidden", "");
    write_file("d/a name with spaces and \xc3\xa4", "");
    list("six", "d");
    must(unlink("d/file"));
    must(rename("d/link", "d/renamed"));
    list("after changes", "d");

    /* 500 entries: all found once, in pieces of a small buffer, and again after rewinding. */
    must(mkdir("many", 0755));
    for (int i = 0; i < 500; i++) {
        char name[64];
        snprintf(name, sizeof name, "many/entry-with-a-rather-long-name-%d", i);
        must(close((int)must(open(name, O_WRONLY | O_CREAT, 0644))));
    }
    int fd = (int)must(open("many", O_RDONLY | O_DIRECTORY));
    for (int round = 0; round < 2; round++) {
        char seen[500] = {0}, buffer[700] __attribute__((aligned(8)));
        int once = 0, others = 0, calls_ok = 0;
        long length;
        while ((length = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
            calls_ok++;
            for (long at = 0; at < length;) {
                struct dirent64 *entry = (struct dirent64 *)(buffer + at);
                int number;
                if (sscanf(entry->d_name, "entry-with-a-rather-long-name-%d", &number) == 1) seen[number]++;
                else others++;
                at += entry->d_reclen;
            }
        }
        for (int i = 0; i < 500; i++)
            if (seen[i] == 1) once++;
        say("round %d: once %d, others %d, end %ld, several calls %d", round, once, others, length, calls_ok > 10);
        must(lseek(fd, 0, SEEK_SET));
    }

    /* Removing everything while reading it, as "rm -r" does. */
    DIR *directory = opendir("many");
    int removed = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.' && unlinkat(dirfd(directory), entry->d_name, 0) == 0) removed++;
    closedir(directory);
    say("removed while reading: %d", removed);
    result("rmdir", rmdir("many"));
    result("reading a removed directory", syscall(SYS_getdents64, fd, (char[512]){0}, 512));

    directory = opendir("d");
    readdir(directory);
    long place = telldir(directory);
    char name[256];
    snprintf(name, sizeof name, "%s", readdir(directory)->d_name);
    readdir(directory);
    seekdir(directory, place);
    check(strcmp(readdir(directory)->d_name, name) == 0, "seekdir goes back to telldir's place");
    closedir(directory);

    result("too small a buffer", syscall(SYS_getdents64, (int)must(open("d", O_RDONLY)), (char[8]){0}, 8));
    result("a file", syscall(SYS_getdents64, (int)must(open("d/.hidden", O_RDONLY)), (char[512]){0}, 512));
    result("not open", syscall(SYS_getdents64, 900, (char[512]){0}, 512));
    char byte;
    result("read of a directory", read((int)must(open("d", O_RDONLY)), &byte, 1));
    return finish();
}
