/* execve(2) of scripts: the "#!" line, its one optional argument, nested scripts, odd lines. */
#include "conformance.h"

static char here[PATH_MAX];

/* An argument of the second life: our own directory is named after the run, so it is cut away. */
static const char *without_directory(const char *text) {
    size_t length = strlen(here);
    return strncmp(text, here, length) == 0 && text[length] == '/' ? text + length + 1 : text;
}

static void make_script(const char *name, const char *first_line) {
    char text[1024];
    snprintf(text, sizeof text, "%s", first_line);
    write_file(name, text);
    must(chmod(name, 0755));
}

static void run(const char *what, const char *path) {
    pid_t child = fork_child();
    if (child == 0) {
        char *variables[] = {"KEPT=yes", NULL};
        char *arguments[] = {"given name", "first", "second word", NULL};
        execve(path, arguments, variables);
        say("%s: %s", what, errno_name(errno));
        _exit(126);
    }
    int status = wait_for(child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 126) say_status(what, status);
}

int main(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/');
    if (slash != NULL && strcmp(slash, "/interpreter") == 0) {
        must((long)(getcwd(here, sizeof here) == NULL ? -1 : 0));
        char line[1024] = "";
        for (int i = 0; i < argc; i++)
            snprintf(line + strlen(line), sizeof line - strlen(line), " [%s]", without_directory(argv[i]));
        say("interpreter:%s KEPT=%s", line, getenv("KEPT"));
        return 3;
    }
    begin(argc, argv);
    must((long)(getcwd(here, sizeof here) == NULL ? -1 : 0));
    copy_file(self_path, "interpreter", 0755);

    make_script("plain", "#!./interpreter\nrest of the file\n");
    run("plain", "./plain");
    char absolute[PATH_MAX + 8], line[PATH_MAX + 64];
    snprintf(absolute, sizeof absolute, "%.200s/plain", here);
    run("by an absolute path", absolute);
    snprintf(line, sizeof line, "#!%.200s/interpreter\n", here);
    make_script("absolute", line);
    run("absolute interpreter", "./absolute");
    make_script("argument", "#!./interpreter one optional argument\n");
    run("everything after the interpreter is one argument", "./argument");
    make_script("spaces", "#! \t ./interpreter \t-x \t \n");
    run("blanks around", "./spaces");
    make_script("no-newline", "#!./interpreter -n");
    run("no newline at the end", "./no-newline");
    make_script("carriage-return", "#!./interpreter\r\n");
    run("a carriage return belongs to the name", "./carriage-return");
    make_script("nested", "#!./plain -nested\n");
    run("a script as interpreter", "./nested");
    make_script("loop", "#!./loop\n");
    run("a script that is its own interpreter", "./loop");
    make_script("missing", "#!./not-there\n");
    run("a missing interpreter", "./missing");
    make_script("empty-line", "#!\n");
    run("no interpreter named", "./empty-line");
    make_script("blank-line", "#!    \n");
    run("only blanks", "./blank-line");
    make_script("directory", "#!.\n");
    run("a directory as interpreter", "./directory");
    must(chmod("interpreter", 0644));
    run("an interpreter without permission", "./plain");
    must(chmod("interpreter", 0755));
    must(chmod("plain", 0644));
    run("a script without permission", "./plain");
    return finish();
}
