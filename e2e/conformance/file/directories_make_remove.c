/* mkdir(2), rmdir(2): errors, dot names, full and busy directories, directories as files. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    result("mkdir", mkdir("d", 0755));
    result("again", mkdir("d", 0755));
    result("with a slash", mkdir("e/", 0755));
    result("below", mkdir("d/below", 0755));
    result("in a missing one", mkdir("missing/x", 0755));
    write_file("file", "");
    result("over a file", mkdir("file", 0755));
    result("below a file", mkdir("file/x", 0755));
    result("dot", mkdir(".", 0755));
    result("rmdir of a full one", rmdir("d"));
    result("rmdir", rmdir("d/below"));
    result("rmdir dot", rmdir("d/."));
    result("rmdir dot dot", rmdir("d/.."));
    result("rmdir of a file", rmdir("file"));
    result("rmdir missing", rmdir("missing"));
    result("rmdir with a slash", rmdir("d/"));
    result("root", rmdir("/"));
    must(symlink("nowhere", "dangling"));
    result("mkdir over a dangling link", mkdir("dangling", 0755));
    result("mkdir over a dangling link with a slash", mkdir("dangling/", 0755));

    int fd = (int)must(open("e", O_RDONLY));
    char byte;
    result("read a directory", read(fd, &byte, 1));
    result("write to it", write(fd, "x", 1));
    result("open for writing", open("e", O_WRONLY));
    result("create over it", open("e", O_RDONLY | O_CREAT, 0644));
    result("truncate it", ftruncate(fd, 0));
    outcome("fsync", fsync(fd));
    outcome("fdatasync", fdatasync(fd));
    outcome("syncfs", syncfs(fd));
    sync();

    /* 300 levels, and back. */
    for (int i = 0; i < 300; i++) {
        must(mkdir("level", 0755));
        must(chdir("level"));
    }
    for (int i = 0; i < 300; i++) {
        must(chdir(".."));
        must(rmdir("level"));
    }
    outcome("300 levels down and up", access("file", F_OK));
    for (int i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof name, "many-%d", i);
        must(mkdir(name, 0700));
    }
    int removed = 0;
    for (int i = 199; i >= 0; i--) {
        char name[16];
        snprintf(name, sizeof name, "many-%d", i);
        if (rmdir(name) == 0) removed++;
    }
    say("made and removed: %d", removed);
    return finish();
}
