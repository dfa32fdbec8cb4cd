/* Which descriptors survive an exec: FD_CLOEXEC set by open, fcntl, dup3, pipe2, cleared by dup. */
#include "conformance.h"

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        char line[256] = "";
        for (int fd = 0; fd < 40; fd++)
            if (fcntl(fd, F_GETFD) != -1) snprintf(line + strlen(line), sizeof line - strlen(line), " %d", fd);
        say("open after exec:%s", line);
        char text[16] = "";
        must(read(10, text, 5));
        say("descriptor 10 goes on at: '%s'", text);
        return 0;
    }
    begin(argc, argv);
    write_file("file", "0123456789");
    int fd = (int)must(open("file", O_RDONLY));
    must(dup2(fd, 10));
    must(read(fd, (char[4]){0}, 3));
    must(dup3(fd, 11, O_CLOEXEC));
    must(dup2(11, 12));
    must(fcntl(fd, F_DUPFD_CLOEXEC, 20));
    must(fcntl(fd, F_DUPFD, 25));
    must(fcntl(fd, F_DUPFD, 30));
    must(fcntl(30, F_SETFD, FD_CLOEXEC));
    must(fcntl(11, F_GETFD));
    must(dup2(fd, 31));
    must(fcntl(31, F_SETFD, FD_CLOEXEC));
    must(fcntl(31, F_SETFD, 0));
    int ends[2];
    must(pipe2(ends, O_CLOEXEC));
    must(dup2(ends[0], 33));
    must(close(fd));
    say("flags: 11=%d 12=%d 20=%d 25=%d 30=%d 31=%d", fcntl(11, F_GETFD), fcntl(12, F_GETFD), fcntl(20, F_GETFD),
        fcntl(25, F_GETFD), fcntl(30, F_GETFD), fcntl(31, F_GETFD));

    /* A failed exec closes nothing. */
    execl("./missing", "missing", NULL);
    outcome("11 after a failed exec", fcntl(11, F_GETFD));

    pid_t child = fork_child();
    if (child == 0) {
        execl(self_path, self_path, "--role", "list", NULL);
        _exit(99);
    }
    say_status("executed", wait_for(child));
    outcome("11 in the parent", fcntl(11, F_GETFD));
    return finish();
}
