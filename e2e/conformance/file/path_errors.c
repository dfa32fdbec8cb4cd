/* path_resolution(7): the errors of walking a path, the same for every call that takes one. */
#include "conformance.h"

static void try(const char *what, const char *path) {
    struct stat status;
    int value = stat(path, &status);
    char text[64];
    snprintf(text, sizeof text, "%s", value == 0 ? "ok" : errno_name(errno));
    int made = mkdir(path, 0755);
    say("%s: stat %s, mkdir %s", what, text, made == 0 ? "ok" : errno_name(errno));
    if (made == 0) rmdir(path);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("file", "");
    must(mkdir("d", 0755));
    must(symlink("loop", "loop"));
    try("missing", "missing");
    try("missing in a missing directory", "missing/x");
    try("below a file", "file/x");
    try("a file with a slash", "file/");
    try("a file with a dot", "file/.");
    try("a file with dot dot", "file/..");
    try("empty", "");
    try("dot", ".");
    try("dot dot", "..");
    try("root", "/");
    try("root twice", "//");
    try("above the root", "/../../..");
    try("many slashes", "d//././//.");
    try("dot dot of a missing directory", "missing/..");
    try("a directory with a slash", "d/");
    try("missing with a slash", "missing/");
    try("a loop", "loop");
    try("below a loop", "loop/x");
    try("bad address", (char *)8);

    char name[PATH_MAX + 2];
    memset(name, 'n', sizeof name);
    name[255] = 0;
    try("a name of 255 bytes", name);
    name[255] = 'n', name[256] = 0;
    try("a name of 256 bytes", name);
    /* 4095 bytes are the longest path: "d/./././…" */
    for (int i = 0; i < PATH_MAX; i++) name[i] = i % 2 ? '/' : '.';
    name[0] = 'd';
    name[PATH_MAX - 1] = 0;
    try("a path of 4095 bytes", name);
    name[PATH_MAX - 1] = '/', name[PATH_MAX] = 0;
    try("a path of 4096 bytes", name);

    /* Deeper than PATH_MAX by relative steps: it works, only its absolute name is too long. */
    char step[101];
    memset(step, 's', 100);
    step[100] = 0;
    for (int i = 0; i < 45; i++) {
        must(mkdir(step, 0755));
        must(chdir(step));
    }
    write_file("deep", "at the bottom");
    say("45 steps down: %s", file_text("deep"));
    result("getcwd", syscall(SYS_getcwd, name, PATH_MAX));
    must(unlink("deep"));
    for (int i = 0; i < 45; i++) {
        must(chdir(".."));
        must(rmdir(step));
    }
    say("and up again: %s", access("file", F_OK) == 0 ? "ok" : "lost");
    return finish();
}
