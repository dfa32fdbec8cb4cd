/*
 * Tries: to call and to read the vsyscall page, which the host's kernel emulates without a system call.
 * Must: it gets the guest's answers or SIGSEGV; never the host's clock behind the guest's back when the guest's differs
 * (compare "agrees").
 */
#include "hostile.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    catch_faults();
    volatile long seconds = 0;
    long (*vsyscall_time)(long *) = (long (*)(long *))0xffffffffff600400;
    int number = attempt(seconds = vsyscall_time(NULL));
    long now = time(NULL);
    say("time: %s", number != 0 ? signal_name(number) : seconds >= now - 2 && seconds <= now + 2 ? "agrees" : "DISAGREES");
    volatile unsigned cpu = 77;
    long (*vsyscall_getcpu)(unsigned *, unsigned *, void *) = (long (*)(unsigned *, unsigned *, void *))0xffffffffff600800;
    number = attempt(vsyscall_getcpu((unsigned *)&cpu, NULL, NULL));
    say("getcpu: %s", number != 0 ? signal_name(number) : "answered");
    number = attempt((void)*(volatile char *)0xffffffffff600000);
    say("reading it: %s", number != 0 ? signal_name(number) : "allowed");
    number = attempt((void)*(volatile char *)0xffffffff81000000);
    say("reading the kernel: %s", number != 0 ? signal_name(number) : "ALLOWED");
    return survived();
}
