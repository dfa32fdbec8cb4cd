/* system(3), popen(3), posix_spawn(3): programs that start others through /bin/sh. */
#include "conformance.h"
#include <spawn.h>

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        char text[64] = "";
        ssize_t length = read(STDIN_FILENO, text, sizeof text - 1);
        dprintf(STDOUT_FILENO, "spawned, read %zd: %s\n", length, text);
        return 12;
    }
    begin(argc, argv);
    say_status("system", system("exit 7"));
    say_status("system and a pipe", system("echo one two three | (read a rest; test \"$rest\" = 'two three')"));
    say_status("a command that is not there", system("./not-there 2>/dev/null"));
    say_status("killed by a signal", system("kill -TERM $$"));
    result("is there a shell", system(NULL) != 0);

    FILE *stream = popen("echo from the shell; exit 5", "r");
    char line[100] = "";
    if (stream != NULL && fgets(line, sizeof line, stream) != NULL) say("popen: %s", line);
    say_status("pclose", stream == NULL ? -1 : pclose(stream));
    stream = popen("cat > written", "w");
    if (stream != NULL) fputs("through a pipe", stream);
    say_status("pclose", stream == NULL ? -1 : pclose(stream));
    say("written: %s", file_text("written"));

    write_file("input", "spawn input");
    posix_spawn_file_actions_t actions;
    must_be_zero(posix_spawn_file_actions_init(&actions));
    must_be_zero(posix_spawn_file_actions_addopen(&actions, 0, "input", O_RDONLY, 0));
    must_be_zero(posix_spawn_file_actions_addopen(&actions, 1, "output", O_WRONLY | O_CREAT, 0644));
    char *arguments[] = {self_path, "--role", "spawned", NULL};
    char *variables[] = {NULL};
    pid_t child;
    must_be_zero(posix_spawn(&child, self_path, &actions, NULL, arguments, variables));
    say_status("posix_spawn", wait_for(child));
    say("output: %s", file_text("output"));
    say("posix_spawn of nothing: %s", errno_name(posix_spawn(&child, "./not-there", NULL, NULL, arguments, variables)));
    return finish();
}
