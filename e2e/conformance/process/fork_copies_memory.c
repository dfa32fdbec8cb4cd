/* fork(2): memory is copied, descriptors and their offsets are shared. */
#include "conformance.h"

static int initialised = 1;
static int zeroed[3000];

int main(int argc, char **argv) {
    begin(argc, argv);
    int on_stack = 10;
    int *on_heap = malloc(sizeof *on_heap);
    *on_heap = 20;
    int fd = (int)must(open("shared-offset", O_RDWR | O_CREAT, 0644));
    pid_t parent = getpid();

    pid_t child = fork_child();
    if (child == 0) {
        say("child sees: %d %d %d %d", initialised, zeroed[2999], on_stack, *on_heap);
        check(getppid() == parent, "the child's parent is the parent");
        check(getpid() != parent, "the child has a pid of its own");
        initialised = 2, zeroed[2999] = 3, on_stack = 11, *on_heap = 21;
        must(write(fd, "child ", 6));
        say("child wrote: %d %d %d %d", initialised, zeroed[2999], on_stack, *on_heap);
        _exit(5);
    }
    int status = wait_for(child);
    say_status("child", status);
    say("parent still has: %d %d %d %d", initialised, zeroed[2999], on_stack, *on_heap);
    result("offset after the child's write", lseek(fd, 0, SEEK_CUR));
    must(write(fd, "parent", 6));
    must(close(fd));
    say("file: %s", file_text("shared-offset"));

    /* The child's close does not close the parent's descriptor. */
    fd = (int)must(open("shared-offset", O_RDONLY));
    child = fork_child();
    if (child == 0) {
        close(fd);
        _exit(fcntl(fd, F_GETFD) == -1 && errno == EBADF ? 0 : 1);
    }
    say_status("child closed it", wait_for(child));
    outcome("the parent's is open", fcntl(fd, F_GETFD));
    return finish();
}
