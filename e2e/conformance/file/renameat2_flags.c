/* renameat2(2): RENAME_NOREPLACE and RENAME_EXCHANGE. */
#include "conformance.h"

static int try(const char *what, const char *from, const char *to, unsigned flags) {
    return (int)result(what, renameat2(AT_FDCWD, from, AT_FDCWD, to, flags));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("a", "content a");
    write_file("b", "content b");
    must(mkdir("directory", 0755));
    write_file("directory/inside", "inside");
    try("no replacing, target there", "a", "b", RENAME_NOREPLACE);
    try("no replacing, target free", "a", "c", RENAME_NOREPLACE);
    say("c: %s", file_text("c"));
    try("exchange two files", "b", "c", RENAME_EXCHANGE);
    say("b: %s", file_text("b"));
    say("c: %s", file_text("c"));
    try("exchange a file and a directory", "b", "directory", RENAME_EXCHANGE);
    say("b/inside: %s", file_text("b/inside"));
    say("directory: %s", file_text("directory"));
    try("exchange, one is missing", "b", "missing", RENAME_EXCHANGE);
    try("exchange with a parent", "b", "b/inside", RENAME_EXCHANGE);
    try("no replacing of itself", "c", "c", RENAME_NOREPLACE);
    try("exchange with itself", "c", "c", RENAME_EXCHANGE);
    try("both flags", "b", "c", RENAME_NOREPLACE | RENAME_EXCHANGE);
    try("odd flags", "b", "c", 0x80);
    int directory = (int)must(open("b", O_RDONLY));
    result("relative to directories", renameat2(directory, "inside", AT_FDCWD, "outside", 0));
    say("outside: %s", file_text("outside"));
    result("bad directory", renameat2(900, "x", AT_FDCWD, "y", 0));
    return finish();
}
