/* rtnetlink(7): dumping links, addresses and routes, single requests, acknowledgements and errors. */
#include "loopback.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

static int fd;
static char answer[65536] __attribute__((aligned(8)));

struct request {
    struct nlmsghdr header;
    union {
        struct ifinfomsg link;
        struct ifaddrmsg address;
        struct rtmsg route;
        char bytes[64];
    };
};

static ssize_t ask(int type, int flags, size_t body, struct request *request) {
    request->header = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(body), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags,
                                        .nlmsg_seq = 77};
    must(send(fd, request, request->header.nlmsg_len, 0));
    return must(recv(fd, answer, sizeof answer, 0));
}

/* Walks a whole dump; tells whether one message of the loopback was there and how the dump ended. */
static void dump(const char *what, int type, size_t body, struct request *request, int wanted) {
    ssize_t length = ask(type, NLM_F_DUMP, body, request);
    int messages = 0, loopbacks = 0;
    bool ended = false, right = true;
    while (!ended) {
        for (struct nlmsghdr *header = (struct nlmsghdr *)answer; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
            if (header->nlmsg_seq != 77 || !(header->nlmsg_flags & NLM_F_MULTI)) right = false;
            if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
                ended = true;
                break;
            }
            messages++;
            if (header->nlmsg_type != wanted) right = false;
            int index = wanted == RTM_NEWLINK   ? ((struct ifinfomsg *)NLMSG_DATA(header))->ifi_index
                        : wanted == RTM_NEWADDR ? (int)((struct ifaddrmsg *)NLMSG_DATA(header))->ifa_index
                                                : 0;
            if (index == 1) loopbacks++;
        }
        if (!ended) length = must(recv(fd, answer, sizeof answer, 0));
    }
    say("%s: some %d, of the loopback %d, well formed %d", what, messages > 0, loopbacks > 0, right);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    fd = (int)must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    struct sockaddr_nl name = {.nl_family = AF_NETLINK}, got;
    socklen_t length = sizeof got;
    result("bind", bind(fd, (struct sockaddr *)&name, sizeof name));
    must(getsockname(fd, (struct sockaddr *)&got, &length));
    check(length == sizeof got && got.nl_family == AF_NETLINK && got.nl_pid != 0, "the kernel gave it an address");
    struct request request = {.link.ifi_family = AF_UNSPEC};
    dump("links", RTM_GETLINK, sizeof request.link, &request, RTM_NEWLINK);
    request = (struct request){.address.ifa_family = AF_INET};
    dump("addresses", RTM_GETADDR, sizeof request.address, &request, RTM_NEWADDR);
    request = (struct request){.route.rtm_family = AF_INET};
    dump("routes", RTM_GETROUTE, sizeof request.route, &request, RTM_NEWROUTE);

    request = (struct request){.link.ifi_index = 1};
    ssize_t size = ask(RTM_GETLINK, 0, sizeof request.link, &request);
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    struct ifinfomsg *link = NLMSG_DATA(header);
    say("one link: type %d, index %d, up %d, hardware %d", header->nlmsg_type == RTM_NEWLINK, link->ifi_index,
        (link->ifi_flags & IFF_UP) != 0, link->ifi_type);
    int left = (int)(size - NLMSG_LENGTH(sizeof *link));
    for (struct rtattr *attribute = IFLA_RTA(link); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        if (attribute->rta_type == IFLA_IFNAME) say("name: %s", (char *)RTA_DATA(attribute));
        if (attribute->rta_type == IFLA_MTU) say("mtu: %d", *(int *)RTA_DATA(attribute));
    }
    request = (struct request){.link.ifi_index = 99999};
    ask(RTM_GETLINK, 0, sizeof request.link, &request);
    struct nlmsgerr *error = NLMSG_DATA(header);
    say("a link that is not there: %s", header->nlmsg_type == NLMSG_ERROR ? errno_name(-error->error) : "?");
    check(error->msg.nlmsg_seq == 77 && error->msg.nlmsg_type == RTM_GETLINK, "the error carries the request's header");
    ask(NLMSG_NOOP, NLM_F_ACK, 0, &request);
    say("an acknowledgement: %d", header->nlmsg_type == NLMSG_ERROR && error->error == 0);
    request = (struct request){0};
    ask(RTM_GETROUTE + 4000, NLM_F_ACK, sizeof request.route, &request);
    say("no such request: %s", header->nlmsg_type == NLMSG_ERROR ? errno_name(-error->error) : "?");

    /* "ip route get 127.0.0.1" */
    request = (struct request){.route = {.rtm_family = AF_INET, .rtm_dst_len = 32}};
    struct rtattr *destination = (struct rtattr *)(request.bytes + NLMSG_ALIGN(sizeof request.route));
    destination->rta_type = RTA_DST, destination->rta_len = RTA_LENGTH(4);
    in_addr_t address = htonl(INADDR_LOOPBACK);
    memcpy(RTA_DATA(destination), &address, 4);
    size = ask(RTM_GETROUTE, 0, NLMSG_ALIGN(sizeof request.route) + RTA_LENGTH(4), &request);
    struct rtmsg *route = NLMSG_DATA(header);
    say("route to the loopback: %d, local %d", header->nlmsg_type == RTM_NEWROUTE, route->rtm_type == RTN_LOCAL);
    left = (int)(size - NLMSG_LENGTH(sizeof *route));
    for (struct rtattr *attribute = RTM_RTA(route); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
        if (attribute->rta_type == RTA_OIF) say("interface: %d", *(int *)RTA_DATA(attribute));
    return finish();
}
