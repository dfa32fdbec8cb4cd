/* The messages that ip(8) would send, without starting it: rtnetlink(7), netlink(7). */
#include "init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

struct request {
  struct nlmsghdr header;
  union {
    struct ifinfomsg link;
    struct ifaddrmsg address;
    struct rtmsg route;
  };
  char attributes[256];
};

struct network {
  int family;
  unsigned length; /* of the address in bytes */
  unsigned prefix;
  unsigned char address[16];
};

static void add_attribute(struct request *request, unsigned short type, const void *value, size_t length) {
  struct rtattr *attribute = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = RTA_LENGTH(length);
  memcpy(RTA_DATA(attribute), value, length);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static void begin(struct request *request, unsigned short type, size_t body, unsigned short flags) {
  memset(request, 0, sizeof *request);
  request->header.nlmsg_len = NLMSG_LENGTH(body);
  request->header.nlmsg_type = type;
  request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
  request->header.nlmsg_seq = 1;
}

/* Opens a socket at its first use and keeps it: settings come one after the other. */
static int keep_socket(int *kept, int family, int type, int protocol) {
  if (*kept < 0)
    *kept = socket(family, type | SOCK_CLOEXEC, protocol);
  return *kept;
}

/* The number of an interface, or a negative errno. if_nametoindex(3) would want a local socket for it. */
static int index_of(const char *interface) {
  static int kept = -1;
  struct ifreq question = {.ifr_ifindex = 0};
  if (strlen(interface) >= sizeof question.ifr_name)
    return -ENODEV;
  strcpy(question.ifr_name, interface);
  if (keep_socket(&kept, AF_INET, SOCK_DGRAM, 0) < 0 || ioctl(kept, SIOCGIFINDEX, &question) < 0)
    return -errno;
  return question.ifr_ifindex;
}

/* Sends the request and waits for its acknowledgement, which carries a negative errno or 0. */
static int ask(struct request *request) {
  static int kept = -1;
  union {
    struct nlmsghdr header;
    char bytes[4096];
  } answer;
  ssize_t length;
  if (keep_socket(&kept, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) < 0 ||
      send(kept, request, request->header.nlmsg_len, 0) < 0 || (length = recv(kept, &answer, sizeof answer, 0)) < 0)
    return -errno;
  if (!NLMSG_OK(&answer.header, (size_t)length) || answer.header.nlmsg_type != NLMSG_ERROR)
    return -EPROTO;
  return ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error;
}

/* Reads 10.0.0.1, 10.0.0.1/24 or the same of IPv6; without a prefix length it is that of one address. */
static int parse_network(const char *text, struct network *network) {
  char address[INET6_ADDRSTRLEN];
  size_t end = strcspn(text, "/");
  if (end >= sizeof address)
    return -EINVAL;
  memcpy(address, text, end);
  address[end] = 0;
  network->family = strchr(address, ':') == NULL ? AF_INET : AF_INET6;
  network->length = network->family == AF_INET ? 4 : 16;
  network->prefix = network->length * 8;
  if (inet_pton(network->family, address, network->address) != 1)
    return -EINVAL;
  if (text[end] == 0)
    return 0;
  char *rest;
  unsigned long prefix = strtoul(text + end + 1, &rest, 10);
  if (rest == text + end + 1 || *rest != 0 || prefix > network->prefix)
    return -EINVAL;
  network->prefix = prefix;
  return 0;
}

int set_link_up(const char *interface) {
  struct request request;
  begin(&request, RTM_NEWLINK, sizeof request.link, 0);
  request.link.ifi_index = index_of(interface);
  if (request.link.ifi_index < 0)
    return request.link.ifi_index;
  request.link.ifi_flags = IFF_UP;
  request.link.ifi_change = IFF_UP;
  return ask(&request);
}

int set_link_mtu(const char *interface, unsigned mtu) {
  struct request request;
  begin(&request, RTM_NEWLINK, sizeof request.link, 0);
  request.link.ifi_index = index_of(interface);
  if (request.link.ifi_index < 0)
    return request.link.ifi_index;
  add_attribute(&request, IFLA_MTU, &mtu, sizeof mtu);
  return ask(&request);
}

int add_address(const char *interface, const char *text) {
  struct network network;
  int result = parse_network(text, &network);
  if (result < 0)
    return result;
  struct request request;
  begin(&request, RTM_NEWADDR, sizeof request.address, NLM_F_CREATE | NLM_F_EXCL);
  request.address.ifa_family = network.family;
  request.address.ifa_prefixlen = network.prefix;
  int index = index_of(interface);
  if (index < 0)
    return index;
  request.address.ifa_index = index;
  if (strcmp(interface, "lo") == 0)
    request.address.ifa_scope = RT_SCOPE_HOST;
  add_attribute(&request, IFA_LOCAL, network.address, network.length);
  add_attribute(&request, IFA_ADDRESS, network.address, network.length);
  /* Networks of one or two addresses have no broadcast (RFC 3021). */
  if (network.family == AF_INET && network.prefix < 31 && strcmp(interface, "lo") != 0) {
    in_addr_t broadcast;
    memcpy(&broadcast, network.address, sizeof broadcast);
    broadcast |= htonl(0xffffffffu >> network.prefix);
    add_attribute(&request, IFA_BROADCAST, &broadcast, sizeof broadcast);
  }
  return ask(&request);
}

int add_route(const char *destination, const char *gateway, const char *interface) {
  struct network network = {.family = AF_INET}, router;
  int result = gateway == NULL ? 0 : parse_network(gateway, &router);
  if (result < 0)
    return result;
  bool is_default = strcmp(destination, "default") == 0;
  if (!is_default && (result = parse_network(destination, &network)) < 0)
    return result;
  if (is_default && gateway != NULL)
    network.family = router.family;

  struct request request;
  begin(&request, RTM_NEWROUTE, sizeof request.route, NLM_F_CREATE | NLM_F_EXCL);
  request.route.rtm_family = network.family;
  request.route.rtm_dst_len = network.prefix;
  request.route.rtm_table = RT_TABLE_MAIN;
  request.route.rtm_protocol = RTPROT_BOOT;
  request.route.rtm_scope = gateway == NULL ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  request.route.rtm_type = RTN_UNICAST;
  if (!is_default)
    add_attribute(&request, RTA_DST, network.address, network.length);
  if (gateway != NULL)
    add_attribute(&request, RTA_GATEWAY, router.address, router.length);
  if (interface != NULL) {
    int index = index_of(interface);
    if (index < 0)
      return index;
    add_attribute(&request, RTA_OIF, &index, sizeof index);
  }
  return ask(&request);
}
