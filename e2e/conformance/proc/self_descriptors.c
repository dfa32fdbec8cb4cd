/* /proc/self/fd and fdinfo: links of each kind of descriptor, opening through them, position and flags. */
#include "conformance.h"
#include <dirent.h>
#include <sys/socket.h>

static char here[PATH_MAX];

static void tell(const char *what, int fd) {
    char path[64], target[PATH_MAX] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length == -1) {
        say("%s: %s", what, errno_name(errno));
        return;
    }
    /* Inode numbers are nobody's business. */
    char *bracket = strstr(target, ":[");
    if (bracket != NULL) *bracket = 0;
    size_t prefix = strlen(here);
    say("%s: %s", what, strncmp(target, here, prefix) == 0 ? target + prefix : target);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must((long)(getcwd(here, sizeof here) == NULL ? -1 : 0));
    int file = (int)must(open("file", O_RDWR | O_CREAT, 0644)), ends[2], sockets[2];
    int directory = (int)must(open(".", O_RDONLY));
    must(pipe(ends));
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    tell("file", file);
    tell("directory", directory);
    tell("pipe", ends[0]);
    tell("socket", sockets[0]);
    tell("null", 0);
    tell("not open", 900);
    must(write(file, "0123456789", 10));
    must(rename("file", "renamed"));
    tell("renamed", file);
    must(unlink("renamed"));
    tell("removed", file);
    char path[64], buffer[16] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    int again = (int)must(open(path, O_RDONLY));
    must(read(again, buffer, 4));
    say("a removed file can be opened by its descriptor: %s", buffer);
    struct stat status;
    must(stat(path, &status));
    say("stat follows: size %ld, links %d", (long)status.st_size, (int)status.st_nlink);
    must(lstat(path, &status));
    say("lstat: link %d, mode %o", S_ISLNK(status.st_mode), status.st_mode & 0700);

    /* The list holds what is open, and the directory's own descriptor. */
    DIR *list = opendir("/proc/self/fd");
    bool seen[64] = {0};
    for (struct dirent *entry; (entry = readdir(list)) != NULL;)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) < 64) seen[atoi(entry->d_name)] = true;
    bool agrees = true;
    for (int fd = 0; fd < 64; fd++)
        if (seen[fd] != (fcntl(fd, F_GETFD) != -1)) agrees = false;
    closedir(list);
    check(agrees, "the list holds exactly what is open");

    must(lseek(file, 7, SEEK_SET));
    must(fcntl(file, F_SETFL, O_APPEND));
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", file);
    long position = -1;
    unsigned flags = 0;
    const char *text = file_text(path);
    check(sscanf(text, "pos: %ld flags: %o", &position, &flags) == 2, "fdinfo");
    say("position %ld, append %d", position, (flags & O_APPEND) != 0);

    /* Another process's descriptors. */
    struct gate gate = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        pass_gate(gate);
        _exit(0);
    }
    snprintf(path, sizeof path, "/proc/%d/fd/%d", child, file);
    must(close(file));
    must(close(again));
    again = (int)must(open(path, O_RDONLY));
    must(read(again, buffer, 4));
    say("through a child's: %s", buffer);
    open_gate(gate);
    wait_for(child);
    return finish();
}
