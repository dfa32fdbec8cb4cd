/* SCM_RIGHTS: descriptors travel in messages; several at once, truncation, kinds of files, in flight at a close. */
#include "conformance.h"
#include <sys/socket.h>

static ssize_t send_descriptors(int socket_fd, const int *descriptors, int count, const char *text) {
    char control[CMSG_SPACE(sizeof(int) * 16)] __attribute__((aligned(8))) = {0};
    struct iovec part = {(char *)text, strlen(text)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                             .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(header), descriptors, sizeof(int) * count);
    return sendmsg(socket_fd, &message, 0);
}

static int last_flags;

/* Returns how many came; at most `room` are asked for. */
static int receive_descriptors(int socket_fd, int *descriptors, int room, int flags, char *text) {
    char control[CMSG_SPACE(sizeof(int) * 16)] __attribute__((aligned(8))) = {0};
    struct iovec part = {text, 63};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                             .msg_controllen = room == 0 ? 0 : CMSG_LEN(sizeof(int) * room)};
    ssize_t length = recvmsg(socket_fd, &message, flags);
    if (length < 0) return -1;
    text[length] = 0;
    last_flags = message.msg_flags;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_type != SCM_RIGHTS) return 0;
    int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(descriptors, CMSG_DATA(header), sizeof(int) * count);
    return count;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int sockets[2], ends[2], got[16];
    char text[64];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    write_file("file", "0123456789");
    int file = (int)must(open("file", O_RDWR));
    must(lseek(file, 3, SEEK_SET));
    result("send", send_descriptors(sockets[0], &file, 1, "with a file"));
    pid_t child = fork_child();
    if (child == 0) {
        close(file);
        int count = receive_descriptors(sockets[1], got, 1, MSG_CMSG_CLOEXEC, text);
        char byte;
        must(read(got[0], &byte, 1));
        say("child got %d: '%s', reads %c, close-on-exec %d", count, text, byte, fcntl(got[0], F_GETFD));
        _exit(0);
    }
    wait_for(child);
    result("the offset is shared", lseek(file, 0, SEEK_CUR));

    must(pipe(ends));
    int three[3] = {file, ends[0], ends[1]};
    must(send_descriptors(sockets[0], three, 3, "three"));
    say("three: %d", receive_descriptors(sockets[1], got, 3, 0, text));
    must(write(got[2], "through the passed pipe", 23));
    must(read(ends[0], text, 23));
    say("%.23s", text);
    must(send_descriptors(sockets[0], three, 3, "cut"));
    int count = receive_descriptors(sockets[1], got, 1, 0, text);
    say("room for one: %d, told %d", count, (last_flags & MSG_CTRUNC) != 0);
    must(send_descriptors(sockets[0], three, 3, "none"));
    count = receive_descriptors(sockets[1], got, 0, 0, text);
    say("no room: %d, told %d", count, (last_flags & MSG_CTRUNC) != 0);

    /* Sent, closed here, received later: the file lives on its way. */
    must(pipe(ends));
    must(write(ends[1], "in flight", 9));
    must(send_descriptors(sockets[0], ends, 1, "x"));
    must(close(ends[0]));
    must(close(ends[1]));
    must(receive_descriptors(sockets[1], got, 1, 0, text));
    memset(text, 0, sizeof text);
    must(read(got[0], text, 63));
    say("%s", text);
    /* Never received: closing the sockets closes it. */
    must(pipe(ends));
    must(send_descriptors(sockets[0], &ends[1], 1, "x"));
    must(close(ends[1]));
    must(close(sockets[0]));
    must(close(sockets[1]));
    result("the pipe's end", read(ends[0], text, 1));

    must(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets));
    must(send_descriptors(sockets[0], &file, 1, "datagram"));
    count = receive_descriptors(sockets[1], got, 1, 0, text);
    say("by datagram: %d %s", count, text);
    int bad = 900;
    result("a bad one", send_descriptors(sockets[0], &bad, 1, "x"));
    /* A socket through itself. */
    must(send_descriptors(sockets[0], &sockets[1], 1, "itself"));
    count = receive_descriptors(sockets[1], got, 1, 0, text);
    say("itself: %d %s", count, text);

    int on = 1;
    must(setsockopt(sockets[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
    must(send(sockets[0], "who", 3, 0));
    char control[256] __attribute__((aligned(8)));
    struct iovec part = {text, 63};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    must(recvmsg(sockets[1], &message, 0));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    struct ucred credentials = {0};
    if (header != NULL && header->cmsg_type == SCM_CREDENTIALS) memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
    check(credentials.pid == getpid() && credentials.uid == getuid(), "credentials come with the message");
    return finish();
}
