/* build: static dynamic */
/* execve(2): arguments, environment and the auxiliary vector as the program finds them on its stack. */
#include "conformance.h"
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

extern char **environ;
extern char __executable_start;

static void second_life(int argc, char **argv) {
    say("argc: %d", argc);
    for (int i = 2; i < argc; i++) say("argv[%d]: '%s'", i, argv[i]);
    check(argv[argc] == NULL, "argv ends with NULL");
    int count = 0;
    for (char **variable = environ; *variable != NULL; variable++) say("environ[%d]: '%s'", count++, *variable);
    check(environ == argv + argc + 1, "the environment follows the arguments on the stack");
    check(((uintptr_t)&argv[-1] & 15) == 0 && (int)(intptr_t)argv[-1] == argc, "argc lies before argv, 16-byte aligned");

    /* The strings lie in order, without gaps: ps(1) and setproctitle rely on it. */
    bool in_order = true;
    for (int i = 0; i + 1 < argc; i++)
        if (argv[i + 1] != argv[i] + strlen(argv[i]) + 1) in_order = false;
    if (environ[0] != argv[argc - 1] + strlen(argv[argc - 1]) + 1) in_order = false;
    check(in_order, "the strings lie one after another");

    const ElfW(auxv_t) *vector = (const ElfW(auxv_t) *)(environ + count + 1);
    int seen[64] = {0};
    for (; vector->a_type != AT_NULL; vector++)
        if (vector->a_type < 64) seen[vector->a_type]++;
    const int needed[] = {AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY, AT_UID, AT_EUID,
                          AT_GID, AT_EGID, AT_HWCAP, AT_CLKTCK, AT_SECURE, AT_RANDOM, AT_EXECFN, AT_PLATFORM};
    const char *const names[] = {"AT_PHDR", "AT_PHENT", "AT_PHNUM", "AT_PAGESZ", "AT_BASE", "AT_FLAGS",
                                 "AT_ENTRY", "AT_UID", "AT_EUID", "AT_GID", "AT_EGID", "AT_HWCAP",
                                 "AT_CLKTCK", "AT_SECURE", "AT_RANDOM", "AT_EXECFN", "AT_PLATFORM"};
    for (size_t i = 0; i < COUNT(needed); i++) say("%s: %d times", names[i], seen[needed[i]]);

    say("page size %lu, clock tick %lu, secure %lu, header size %lu, platform %s", getauxval(AT_PAGESZ),
        getauxval(AT_CLKTCK), getauxval(AT_SECURE), getauxval(AT_PHENT), (char *)getauxval(AT_PLATFORM));
    check(getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid() && getauxval(AT_GID) == getgid() &&
              getauxval(AT_EGID) == getegid(), "the ids are ours");
    const char *file = (const char *)getauxval(AT_EXECFN);
    check(strcmp(strrchr(file, '/') + 1, "argv_env_auxv") == 0, "AT_EXECFN names the file");
    check(strcmp(argv[0], "another name") == 0, "argv[0] is what the caller chose");

    const ElfW(Phdr) *header = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    int loads = 0, interpreters = 0;
    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) {
        if (header[i].p_type == PT_LOAD) loads++;
        if (header[i].p_type == PT_INTERP) interpreters++;
    }
    check(loads >= 2, "the program headers are in memory");
    check((getauxval(AT_BASE) != 0) == (interpreters == 1), "AT_BASE is set when there is an interpreter");
    const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
    bool zero = true;
    for (int i = 0; i < 16; i++)
        if (random[i] != 0) zero = false;
    check(!zero, "AT_RANDOM points to 16 random bytes");
}

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        second_life(argc, argv);
        return conformance_failures;
    }
    begin(argc, argv);
    char *arguments[] = {"another name", "--role", "again", "", "two words", "tab\tand 'quotes'", "\xc3\xa4", NULL};
    char *variables[] = {"A=1", "EMPTY=", "NOEQUALS", "A=2", "LONG=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL};
    pid_t child = fork_child();
    if (child == 0) {
        execve(self_path, arguments, variables);
        _exit(99);
    }
    say_status("executed", wait_for(child));
    return finish();
}
