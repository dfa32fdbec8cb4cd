/* needs: root */
/* access(2) asks for the real ids, faccessat with AT_EACCESS and open for the effective ones. */
#include "conformance.h"

static void probe(const char *what, const char *path) {
    say("%s: access %d%d%d, eaccess %d%d%d, open %d", what, access(path, R_OK) == 0, access(path, W_OK) == 0,
        access(path, X_OK) == 0, faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0,
        faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0, faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0,
        open(path, O_RDONLY) >= 0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(chmod(".", 0755));
    write_file("private", "root's");
    must(chmod("private", 0600));
    write_file("program", "#!/bin/sh\n");
    must(chmod("program", 0700));
    write_file("of-1000", "");
    must(chown("of-1000", 1000, 1000));
    must(chmod("of-1000", 0400));
    probe("root, private", "private");
    probe("root, program", "program");
    probe("root, of 1000", "of-1000");
    pid_t child = fork_child();
    if (child == 0) {
        must(setresuid(1000, 0, 0));
        probe("real 1000, private", "private");
        probe("real 1000, program", "program");
        probe("real 1000, of 1000", "of-1000");
        _exit(0);
    }
    wait_for(child);
    child = fork_child();
    if (child == 0) {
        must(setresuid(0, 1000, 0));
        probe("effective 1000, private", "private");
        probe("effective 1000, program", "program");
        probe("effective 1000, of 1000", "of-1000");
        _exit(0);
    }
    wait_for(child);
    result("existence", access("private", F_OK));
    result("missing", access("missing", F_OK));
    result("odd mode", access("private", 077));
    return finish();
}
