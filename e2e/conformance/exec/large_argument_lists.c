/* execve(2) with thousands of arguments and one long string: every byte arrives. */
#include "conformance.h"

extern char **environ;

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        uint64_t sum = 0;
        size_t bytes = 0;
        for (int i = 3; i < argc; i++) {
            sum = checksum(sum, argv[i], strlen(argv[i]) + 1);
            bytes += strlen(argv[i]) + 1;
        }
        say("%d arguments, %zu bytes, checksum %016lx", argc - 3, bytes, (unsigned long)sum);
        say("environment: %zu bytes", strlen(getenv("LONG")));
        return 0;
    }
    begin(argc, argv);
    enum { many = 5000 };
    char **arguments = calloc(many + 4, sizeof *arguments);
    arguments[0] = self_path;
    arguments[1] = "--role";
    arguments[2] = "count";
    for (int i = 0; i < many; i++)
        if (asprintf(&arguments[3 + i], "argument number %d", i * 7919) == -1) must(-1);
    char *long_value = malloc(120000);
    memset(long_value, 'v', 119999);
    long_value[119999] = 0;
    memcpy(long_value, "LONG=", 5);
    char *variables[] = {long_value, NULL};
    pid_t child = fork_child();
    if (child == 0) {
        execve(self_path, arguments, variables);
        say("exec: %s", errno_name(errno));
        _exit(99);
    }
    say_status("executed", wait_for(child));
    return finish();
}
