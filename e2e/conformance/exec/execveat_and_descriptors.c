/* execveat(2), fexecve(3): executing what a descriptor refers to. */
#include "conformance.h"

static char *arguments[] = {"program", "--role", "executed", NULL};
static char *variables[] = {NULL};

static void run(const char *what, int directory, const char *path, int flags) {
    pid_t child = fork_child();
    if (child == 0) {
        syscall(SYS_execveat, directory, path, arguments, variables, flags);
        say("%s: %s", what, errno_name(errno));
        _exit(126);
    }
    int status = wait_for(child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 126) say_status(what, status);
}

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) return 31;
    begin(argc, argv);
    must(mkdir("below", 0755));
    copy_file(self_path, "below/program", 0755);
    must(symlink("program", "below/link"));
    int directory = (int)must(open("below", O_RDONLY | O_DIRECTORY));
    int program = (int)must(open("below/program", O_RDONLY | O_CLOEXEC));
    int path_only = (int)must(open("below/program", O_PATH));

    run("relative to the working directory", AT_FDCWD, "below/program", 0);
    run("relative to a directory", directory, "program", 0);
    run("through a link", directory, "link", 0);
    run("not through a link", directory, "link", AT_SYMLINK_NOFOLLOW);
    run("the file of a descriptor", program, "", AT_EMPTY_PATH);
    run("the file of an O_PATH descriptor", path_only, "", AT_EMPTY_PATH);
    run("empty path without the flag", program, "", 0);
    run("the directory itself", directory, "", AT_EMPTY_PATH);
    run("a bad directory", 999, "program", 0);
    run("a file as directory", program, "program", 0);
    run("odd flags", directory, "program", 0x40000);
    run("missing", directory, "missing", 0);

    must(unlink("below/program"));
    run("a file that has been unlinked", program, "", AT_EMPTY_PATH);
    pid_t child = fork_child();
    if (child == 0) {
        fexecve(program, arguments, variables);
        _exit(126);
    }
    say_status("fexecve", wait_for(child));
    return finish();
}
