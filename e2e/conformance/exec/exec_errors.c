/* execve(2): every way to fail leaves the caller as it was. */
#include "conformance.h"
#include <elf.h>
#include <sys/resource.h>

static char *arguments[] = {"program", NULL};
static char *variables[] = {NULL};

static void try(const char *what, const char *path) {
    result(what, execve(path, arguments, variables));
}

/* The program's own file with some bytes changed. */
static void damaged_copy(const char *name, long offset, const void *bytes, size_t length) {
    copy_file(self_path, name, 0755);
    int fd = (int)must(open(name, O_RDWR));
    if (pwrite(fd, bytes, length, offset) != (ssize_t)length) must(-1);
    must(close(fd));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char long_name[300], long_path[5000];
    memset(long_name, 'n', sizeof long_name);
    long_name[sizeof long_name - 1] = 0;
    memset(long_path, '/', sizeof long_path);
    long_path[sizeof long_path - 1] = 0;

    try("missing file", "./missing");
    try("missing directory", "./missing/file");
    try("empty path", "");
    try("directory", ".");
    write_file("file", "just text\n");
    try("no permission", "./file");
    must(chmod("file", 0755));
    try("text without #!", "./file");
    try("a file used as directory", "./file/below");
    write_file("empty", "");
    must(chmod("empty", 0755));
    try("empty file", "./empty");
    must(symlink("loop", "loop"));
    try("symbolic link to itself", "./loop");
    must(symlink("missing", "dangling"));
    try("dangling link", "./dangling");
    try("long name", long_name);
    try("long path", long_path);
    try("bad address", (char *)8);
    result("bad argument list", execve(self_path, (char **)8, variables));
    char *bad_pointer[] = {"program", (char *)8, NULL};
    result("bad argument", execve(self_path, bad_pointer, variables));
    result("bad environment", execve(self_path, arguments, bad_pointer));
    must(mkfifo("fifo", 0755));
    try("a fifo", "./fifo");
    try("a device", "/dev/null");

    write_file("short", "\177ELF");
    must(chmod("short", 0755));
    try("only the magic number", "./short");
    Elf64_Half machine = EM_AARCH64;
    damaged_copy("machine", offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
    try("for another processor", "./machine");
    Elf64_Half type = ET_REL;
    damaged_copy("object", offsetof(Elf64_Ehdr, e_type), &type, sizeof type);
    try("an object file", "./object");
    Elf64_Half size = 7;
    damaged_copy("headers", offsetof(Elf64_Ehdr, e_phentsize), &size, sizeof size);
    try("wrong header size", "./headers");
    Elf64_Half none = 0;
    damaged_copy("no-headers", offsetof(Elf64_Ehdr, e_phnum), &none, sizeof none);
    try("no program headers", "./no-headers");

    copy_file(self_path, "busy", 0755);
    int fd = (int)must(open("busy", O_WRONLY));
    try("open for writing", "./busy");
    must(close(fd));

    /* One string may have 32 pages, all together a quarter of the stack limit (execve(2), "Limits on size"). */
    size_t enormous = 33 * PAGE;
    char *string = malloc(enormous);
    memset(string, 's', enormous);
    string[enormous - 1] = 0;
    char *with_long_string[] = {"program", string, NULL};
    result("one string of 33 pages", execve(self_path, with_long_string, variables));
    enum { many = 40 };
    char *with_many[many + 1];
    string[31 * PAGE] = 0;
    for (int i = 0; i < many; i++) with_many[i] = string;
    with_many[many] = NULL;
    struct rlimit limit;
    must(getrlimit(RLIMIT_STACK, &limit));
    limit.rlim_cur = 4 << 20;
    must(setrlimit(RLIMIT_STACK, &limit));
    result("40 strings of 31 pages", execve(self_path, with_many, variables));
    return finish();
}
