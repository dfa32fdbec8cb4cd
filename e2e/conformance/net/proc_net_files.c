/* /proc/net and /sys/class/net: the tables that netstat, ss and ifconfig read. */
#include "loopback.h"

static bool has_line(const char *path, const char *first, const char *second) {
    FILE *stream = fopen(path, "r");
    if (stream == NULL) return false;
    bool found = false;
    for (char line[512]; !found && fgets(line, sizeof line, stream) != NULL;)
        if (strstr(line, first) != NULL && strstr(line, second) != NULL) found = true;
    fclose(stream);
    return found;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct connection c = connected_pair();
    int listener = listening_socket(1), udp = bound_socket(SOCK_DGRAM);
    char local[64], both[64];
    snprintf(local, sizeof local, "0100007F:%04X 00000000:0000 0A", bound_port(listener));
    check(has_line("/proc/net/tcp", local, ""), "tcp: the listener, state 0A");
    snprintf(both, sizeof both, "0100007F:%04X 0100007F:%04X 01", bound_port(c.client), bound_port(c.server));
    check(has_line("/proc/net/tcp", both, ""), "tcp: the connection, state 01");
    snprintf(local, sizeof local, "0100007F:%04X 00000000:0000 07", bound_port(udp));
    check(has_line("/proc/net/udp", local, ""), "udp: the socket, state 07");
    struct stat status;
    must(fstat(listener, &status));
    snprintf(both, sizeof both, " %lu ", (unsigned long)status.st_ino);
    snprintf(local, sizeof local, "0100007F:%04X", bound_port(listener));
    check(has_line("/proc/net/tcp", local, both), "tcp: its inode is the descriptor's");
    check(has_line("/proc/net/dev", "    lo:", ""), "dev");
    check(has_line("/proc/net/route", "Iface", "Destination"), "route");
    check(has_line("/proc/net/arp", "IP address", "HW address"), "arp");
    check(access("/proc/net/unix", R_OK) == 0 && access("/proc/net/raw", R_OK) == 0 && access("/proc/net/snmp", R_OK) == 0,
          "unix, raw, snmp");
    say("/proc/sys/net/ipv4/ip_forward is a number: %d", file_text("/proc/sys/net/ipv4/ip_forward")[0] == '0' ||
                                                            file_text("/proc/sys/net/ipv4/ip_forward")[0] == '1');
    say("lo: mtu %s", file_text("/sys/class/net/lo/mtu"));
    say("lo: ifindex %s", file_text("/sys/class/net/lo/ifindex"));
    say("lo: address %s", file_text("/sys/class/net/lo/address"));
    return finish();
}
