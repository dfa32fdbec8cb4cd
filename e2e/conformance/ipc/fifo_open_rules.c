/* fifo(7): open waits for the other side, unless O_NONBLOCK or O_RDWR; many openings, end of file, unlinking. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    result("mkfifo", mkfifo("fifo", 0640));
    result("again", mkfifo("fifo", 0640));
    struct stat status;
    must(stat("fifo", &status));
    say("mode: %o, size %ld", status.st_mode, (long)status.st_size);

    result("writer without reader, nonblocking", open("fifo", O_WRONLY | O_NONBLOCK));
    int reader = (int)must(open("fifo", O_RDONLY | O_NONBLOCK));
    say("reader without writer, nonblocking: open");
    char buffer[32] = "";
    result("read without writer", read(reader, buffer, 5));
    int writer = (int)must(open("fifo", O_WRONLY | O_NONBLOCK));
    result("read with an idle writer", read(reader, buffer, 5));
    result("write", write(writer, "hello", 5));
    result("read", read(reader, buffer, 32));
    say("text: %s", buffer);
    must(write(writer, "left over", 9));
    must(close(writer));
    result("what the writer left", read(reader, buffer, 32));
    result("then the end", read(reader, buffer, 32));
    writer = (int)must(open("fifo", O_WRONLY));
    result("a new writer: no end any more", read(reader, buffer, 32));
    must(close(reader));
    handle(SIGPIPE, SIG_IGN, 0);
    result("write without reader", write(writer, "x", 1));
    must(close(writer));

    /* Blocking: each side waits for the other. */
    pid_t child = fork_child();
    if (child == 0) {
        int fd = (int)must(open("fifo", O_WRONLY));
        must(write(fd, "from the child", 14));
        _exit(0);
    }
    wait_until_asleep(child);
    say("state of the writer that waits: %c", task_state(child, child));
    reader = (int)must(open("fifo", O_RDONLY));
    result("read", read_all(reader, buffer, 32));
    say("text: %.14s", buffer);
    wait_for(child);
    must(close(reader));

    int both = (int)must(open("fifo", O_RDWR));
    must(write(both, "both ways", 9));
    result("O_RDWR waits for nobody", read(both, buffer, 32));
    /* The name may go while the fifo is in use. */
    writer = (int)must(open("fifo", O_WRONLY));
    must(unlink("fifo"));
    must(write(writer, "nameless", 8));
    result("after unlink", read(both, buffer, 32));
    result("the name is gone", open("fifo", O_RDONLY | O_NONBLOCK));
    must(mkfifo("fifo", 0600));
    result("a new fifo of that name is another one", open("fifo", O_WRONLY | O_NONBLOCK));
    result("mknod makes one, too", mknod("second", S_IFIFO | 0600, 0));
    result("in a directory that is not there", mkfifo("not/there", 0600));
    return finish();
}
