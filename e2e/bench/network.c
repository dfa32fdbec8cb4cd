/*
 * Measures a path between two hosts from one of them.
 *
 *   network ping ADDRESS COUNT            one line `rtt NANOSECONDS` for each ICMP echo, sent one after the other
 *   network receive PORT                  takes one TCP stream to its end: `bytes COUNT NANOSECONDS`
 *   network send ADDRESS PORT SECONDS     one TCP stream, in writes of 128 KiB as iperf3 does
 *
 * `send` ends when the receiver has closed, `receive` counts from the first byte to the last.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 128 << 10, WARM_UP = 10 };

static char block[BLOCK];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long must(long value, const char *what) {
    if (value >= 0) return value;
    fprintf(stderr, "network: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct sockaddr_in address_of(const char *text, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1) {
        fprintf(stderr, "network: not an address: %s\n", text);
        exit(2);
    }
    return address;
}

static uint16_t internet_checksum(const void *data, size_t length) {
    const uint16_t *words = data;
    uint32_t sum = 0;
    for (size_t i = 0; i < length / 2; i++) sum += words[i];
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

/* 56 bytes of data, as ping(8) sends. */
static int64_t ping_once(int fd, struct sockaddr_in *to, int sequence) {
    struct {
        struct icmphdr header;
        char data[56];
    } packet = {.header = {.type = ICMP_ECHO}};
    uint16_t id = getpid() & 0xffff;
    packet.header.un.echo.id = htons(id);
    packet.header.un.echo.sequence = htons(sequence);
    packet.header.checksum = internet_checksum(&packet, sizeof packet);
    char answer[512];
    int64_t start = now();
    must(sendto(fd, &packet, sizeof packet, 0, (struct sockaddr *)to, sizeof *to), "sendto");
    for (;;) {
        ssize_t length = recv(fd, answer, sizeof answer, 0);
        if (length < 0) return -1;
        const struct iphdr *ip = (const void *)answer;
        const struct icmphdr *icmp = (const void *)(answer + ip->ihl * 4);
        if (icmp->type == ICMP_ECHOREPLY && icmp->un.echo.id == htons(id) && icmp->un.echo.sequence == htons(sequence))
            return now() - start;
    }
}

static int ping(const char *host, int count) {
    struct sockaddr_in to = address_of(host, 0);
    int fd = must(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), "socket");
    struct timeval limit = {.tv_sec = 1};
    must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), "setsockopt");
    int lost = 0;
    for (int i = 0; i < WARM_UP + count; i++) {
        int64_t spent = ping_once(fd, &to, i);
        if (spent < 0 && i >= WARM_UP) lost++;
        else if (i >= WARM_UP) printf("rtt %lld\n", (long long)spent);
        usleep(2000);
    }
    printf("lost %d\n", lost);
    return 0;
}

static int receive(int port) {
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket"), yes = 1;
    must(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    must(bind(listener, (struct sockaddr *)&own, sizeof own), "bind");
    must(listen(listener, 1), "listen");
    printf("ready\n");
    fflush(stdout);
    int fd = must(accept(listener, NULL, NULL), "accept");
    int64_t total = must(recv(fd, block, sizeof block, 0), "recv"), start = now(), last = start;
    for (long length; (length = must(recv(fd, block, sizeof block, 0), "recv")) > 0;) {
        total += length;
        last = now();
    }
    printf("bytes %lld %lld\n", (long long)total, (long long)(last - start));
    return 0;
}

static int send_stream(const char *host, int port, double seconds) {
    struct sockaddr_in to = address_of(host, port);
    int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(fd, (struct sockaddr *)&to, sizeof to), "connect");
    int64_t end = now() + (int64_t)(seconds * 1e9);
    while (now() < end) must(send(fd, block, sizeof block, 0), "send");
    must(shutdown(fd, SHUT_WR), "shutdown");
    return (int)must(recv(fd, block, 1, 0), "recv");
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "ping") == 0 && argc == 4) return ping(argv[2], atoi(argv[3]));
    if (strcmp(mode, "receive") == 0 && argc == 3) return receive(atoi(argv[2]));
    if (strcmp(mode, "send") == 0 && argc == 5) return send_stream(argv[2], atoi(argv[3]), atof(argv[4]));
    fprintf(stderr, "usage: network ping ADDRESS COUNT | receive PORT | send ADDRESS PORT SECONDS\n");
    return 2;
}
