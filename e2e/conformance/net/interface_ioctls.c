/* netdevice(7) ioctls and if_nameindex(3) for the loopback interface: what ifconfig and busybox ask. */
#include "loopback.h"
#include <ifaddrs.h>
#include <net/if.h>

static struct ifreq request(const char *name) {
    struct ifreq r = {0};
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
    return r;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(socket(AF_INET, SOCK_DGRAM, 0));
    struct ifreq r = request("lo");
    result("index", ioctl(fd, SIOCGIFINDEX, &r));
    say("index: %d", r.ifr_ifindex);
    r = request("");
    r.ifr_ifindex = 1;
    result("name", ioctl(fd, SIOCGIFNAME, &r));
    say("name: %s", r.ifr_name);
    r = request("lo");
    result("flags", ioctl(fd, SIOCGIFFLAGS, &r));
    say("up %d, loopback %d, running %d, broadcast %d", (r.ifr_flags & IFF_UP) != 0, (r.ifr_flags & IFF_LOOPBACK) != 0,
        (r.ifr_flags & IFF_RUNNING) != 0, (r.ifr_flags & IFF_BROADCAST) != 0);
    r = request("lo");
    result("address", ioctl(fd, SIOCGIFADDR, &r));
    say("address: %s", inet_ntoa(((struct sockaddr_in *)&r.ifr_addr)->sin_addr));
    r = request("lo");
    result("netmask", ioctl(fd, SIOCGIFNETMASK, &r));
    say("netmask: %s", inet_ntoa(((struct sockaddr_in *)&r.ifr_netmask)->sin_addr));
    r = request("lo");
    result("mtu", ioctl(fd, SIOCGIFMTU, &r));
    say("mtu: %d", r.ifr_mtu);
    r = request("lo");
    result("hardware", ioctl(fd, SIOCGIFHWADDR, &r));
    say("hardware: type %d", r.ifr_hwaddr.sa_family);
    r = request("no-such-device");
    result("no such device", ioctl(fd, SIOCGIFFLAGS, &r));
    struct ifreq list[32];
    struct ifconf all = {.ifc_len = sizeof list, .ifc_req = list};
    result("list", ioctl(fd, SIOCGIFCONF, &all));
    bool found = false;
    for (int i = 0; i < all.ifc_len / (int)sizeof list[0]; i++)
        if (strcmp(list[i].ifr_name, "lo") == 0) found = true;
    check(found, "the loopback is in it");
    check(if_nametoindex("lo") == 1, "if_nametoindex");
    char name[IF_NAMESIZE];
    check(if_indextoname(1, name) != NULL && strcmp(name, "lo") == 0, "if_indextoname");

    /* getifaddrs(3) and if_nameindex(3) speak rtnetlink. */
    struct ifaddrs *addresses = NULL;
    result("getifaddrs", getifaddrs(&addresses));
    int loopbacks = 0;
    for (struct ifaddrs *a = addresses; a != NULL; a = a->ifa_next)
        if (strcmp(a->ifa_name, "lo") == 0 && a->ifa_addr != NULL && a->ifa_addr->sa_family == AF_INET) {
            if (((struct sockaddr_in *)a->ifa_addr)->sin_addr.s_addr == htonl(INADDR_LOOPBACK)) loopbacks++;
        }
    check(loopbacks == 1, "127.0.0.1 is the loopback's");
    struct if_nameindex *names = if_nameindex();
    check(names != NULL && names[0].if_index == 1 && strcmp(names[0].if_name, "lo") == 0, "if_nameindex begins with it");
    return finish();
}
