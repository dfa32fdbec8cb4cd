/*
 * Tries: to find memory in its address space that its kernel does not admit to: it reads one byte in each page of the
 * regions where a helper's code, trap frames or the machine's memory file may be mapped, writes to what it can read,
 * and compares with /proc/self/maps.
 * Must: what is readable beyond /proc/self/maps holds nothing of other processes or of the host and, if it can be
 * written, harms this process only (it may be killed). "foreign" counts pages outside of the maps.
 *
 *   scan_own_address_space [DIR [--write] [START END]...]    more regions, in hexadecimal
 */
#include "hostile.h"

struct range {
    uintptr_t start, end;
};

static struct range known[512];
static int known_count;

static void load_known(void) {
    FILE *stream = fopen("/proc/self/maps", "r");
    char line[4096];
    known_count = 0;
    while (stream != NULL && known_count < 512 && fgets(line, sizeof line, stream) != NULL)
        if (sscanf(line, "%lx-%lx", &known[known_count].start, &known[known_count].end) == 2) known_count++;
    if (stream != NULL) fclose(stream);
}

static bool is_known(uintptr_t address) {
    for (int i = 0; i < known_count; i++)
        if (address >= known[i].start && address < known[i].end) return true;
    return false;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    catch_faults();
    load_known();
    bool write_too = argc > 2 && strcmp(argv[2], "--write") == 0;
    struct range regions[16] = {
        {0x1000, 0x4000000},                          /* low: trampolines are put here */
        {0x7ffff0000000, 0x7ffffffff000},             /* the top of the address space */
        {0x7fff00000000, 0x7fff04000000},             /* where a kernel of ours may end its guests' part */
        {0x7ff000000000, 0x7ff004000000},
        {0x100000000, 0x104000000},
        {0x10000000000, 0x10004000000},
    };
    int count = 6;
    for (int i = write_too ? 3 : 2; i + 1 < argc && count < 16; i += 2)
        regions[count++] = (struct range){strtoul(argv[i], NULL, 16), strtoul(argv[i + 1], NULL, 16)};
    long found = 0, written = 0;
    for (int r = 0; r < count; r++) {
        for (volatile uintptr_t address = regions[r].start; address < regions[r].end; address += PAGE) {
            volatile char *byte = (volatile char *)address;
            if (is_known(address) || attempt((void)*byte) != 0) continue;
            found++;
            if (write_too && attempt(*byte = (char)0xcc) == 0) written++;
        }
    }
    say("foreign pages: %s", found == 0 ? "none" : "some");
    say("written: %s", written == 0 ? "none" : "some");
    result("system calls still work", getppid() > 0 ? 0 : -1);
    return survived();
}
