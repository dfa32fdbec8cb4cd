/* needs: root */
/* Raw ICMP (ping) and AF_PACKET (tcpdump) on the loopback interface; datagram ping sockets are not needed for it. */
#include "loopback.h"
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

static uint16_t internet_checksum(const void *data, size_t length) {
    const uint16_t *words = data;
    uint32_t sum = 0;
    for (size_t i = 0; i < length / 2; i++) sum += words[i];
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int raw = (int)must(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    int packets = (int)must(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL)));
    struct sockaddr_ll interface = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = 1};
    must(bind(packets, (struct sockaddr *)&interface, sizeof interface));
    struct {
        struct icmphdr header;
        char data[32];
    } request = {.header = {.type = ICMP_ECHO, .un.echo = {.id = htons(0x4242), .sequence = htons(1)}}};
    memcpy(request.data, "conformance ping data 0123456789", 32);
    request.header.checksum = internet_checksum(&request, sizeof request);
    struct sockaddr_in to = loopback(0), from;
    result("send", sendto(raw, &request, sizeof request, 0, (struct sockaddr *)&to, sizeof to));
    char buffer[2048];
    for (int i = 0; i < 20; i++) {
        socklen_t length = sizeof from;
        ssize_t size = must(recvfrom(raw, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length));
        struct iphdr *ip = (struct iphdr *)buffer;
        struct icmphdr *icmp = (struct icmphdr *)(buffer + ip->ihl * 4);
        if (icmp->type != ICMP_ECHOREPLY || icmp->un.echo.id != htons(0x4242)) continue;
        say("reply: %zd bytes from %s, protocol %d, sequence %d", size, inet_ntoa(from.sin_addr), ip->protocol,
            ntohs(icmp->un.echo.sequence));
        check(memcmp(icmp + 1, request.data, 32) == 0, "with the data");
        check(internet_checksum(icmp, size - ip->ihl * 4) == 0, "with a right checksum");
        break;
    }
    /* The packet socket saw request and reply, each going out and coming in. */
    int requests = 0, replies = 0, outgoing = 0;
    struct sockaddr_ll link;
    for (int quiet = 0; quiet < 20;) {
        socklen_t length = sizeof link;
        ssize_t size = recvfrom(packets, buffer, sizeof buffer, 0, (struct sockaddr *)&link, &length);
        if (size == -1) {
            quiet++;
            sleep_ms(2);
            continue;
        }
        struct ethhdr *ethernet = (struct ethhdr *)buffer;
        struct iphdr *ip = (struct iphdr *)(ethernet + 1);
        if (ntohs(ethernet->h_proto) != ETH_P_IP || ip->protocol != IPPROTO_ICMP) continue;
        struct icmphdr *icmp = (struct icmphdr *)((char *)ip + ip->ihl * 4);
        if (icmp->un.echo.id != htons(0x4242)) continue;
        if (icmp->type == ICMP_ECHO) requests++;
        if (icmp->type == ICMP_ECHOREPLY) replies++;
        if (link.sll_pkttype == PACKET_OUTGOING) outgoing++;
        if (link.sll_ifindex != 1 || link.sll_hatype != 772) check(false, "only the loopback's");
    }
    say("requests %d, replies %d, outgoing %d", requests, replies, outgoing);

    int udp = bound_socket(SOCK_DGRAM);
    to = loopback(unused_port(SOCK_DGRAM));
    must(sendto(udp, "nobody", 6, 0, (struct sockaddr *)&to, sizeof to));
    for (int i = 0; i < 20; i++) {
        must(recv(raw, buffer, sizeof buffer, 0));
        struct iphdr *ip = (struct iphdr *)buffer;
        struct icmphdr *icmp = (struct icmphdr *)(buffer + ip->ihl * 4);
        struct iphdr *inner = (struct iphdr *)(icmp + 1);
        if (icmp->type != ICMP_DEST_UNREACH || inner->protocol != IPPROTO_UDP) continue;
        say("port unreachable: code %d", icmp->code);
        break;
    }
    pid_t child = fork_child();
    if (child == 0) {
        must(setuid(1000));
        result("unprivileged raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
        result("unprivileged packet socket", socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
        _exit(0);
    }
    wait_for(child);
    return finish();
}
