/* sched_yield(2), affinity, policies, getpriority(2): what an ordinary program asks. */
#include "conformance.h"
#include <sched.h>
#include <sys/resource.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    result("sched_yield", sched_yield());
    cpu_set_t set;
    CPU_ZERO(&set);
    result("sched_getaffinity", sched_getaffinity(0, sizeof set, &set));
    check(CPU_COUNT(&set) >= 1, "there is a processor");
    check(CPU_COUNT(&set) == sysconf(_SC_NPROCESSORS_ONLN) || CPU_COUNT(&set) <= sysconf(_SC_NPROCESSORS_CONF),
          "the affinity agrees with sysconf");
    int cpu = 0;
    while (!CPU_ISSET(cpu, &set)) cpu++;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    result("pin to one", sched_setaffinity(0, sizeof one, &one));
    must(sched_getaffinity(0, sizeof set, &set));
    say("processors left: %d", CPU_COUNT(&set));
    check(sched_getcpu() == cpu, "we run on it");
    CPU_ZERO(&one);
    result("pin to none", sched_setaffinity(0, sizeof one, &one));
    result("too small a set", syscall(SYS_sched_getaffinity, 0, 1, &set));
    result("affinity of nobody", sched_getaffinity(0x3ffffffe, sizeof set, &set));

    result("policy", sched_getscheduler(0));
    struct sched_param parameter = {.sched_priority = 5};
    result("parameters", sched_getparam(0, &parameter));
    say("priority: %d", parameter.sched_priority);
    result("SCHED_OTHER highest", sched_get_priority_max(SCHED_OTHER));
    result("SCHED_OTHER lowest", sched_get_priority_min(SCHED_OTHER));
    result("SCHED_FIFO highest", sched_get_priority_max(SCHED_FIFO));
    result("SCHED_RR lowest", sched_get_priority_min(SCHED_RR));
    result("no policy", sched_get_priority_max(99));
    parameter.sched_priority = 5;
    result("SCHED_OTHER with a priority", sched_setscheduler(0, SCHED_OTHER, &parameter));
    parameter.sched_priority = 0;
    result("SCHED_OTHER", sched_setscheduler(0, SCHED_OTHER, &parameter));
    result("SCHED_BATCH", sched_setscheduler(0, SCHED_BATCH, &parameter));
    result("policy", sched_getscheduler(0));

    /* The runner itself may be running niced, so only the end of the scale is the same everywhere. */
    result("be as nice as can be", setpriority(PRIO_PROCESS, 0, 19));
    result("nice", getpriority(PRIO_PROCESS, 0));
    result("the system call counts from 20 downwards", syscall(SYS_getpriority, PRIO_PROCESS, 0));
    result("nice beyond the end", setpriority(PRIO_PROCESS, 0, 100));
    result("nice", getpriority(PRIO_PROCESS, getpid()));
    pid_t child = fork_child();
    if (child == 0) _exit(getpriority(PRIO_PROCESS, 0));
    say_status("a child inherits it", wait_for(child));
    result("nobody", getpriority(PRIO_PROCESS, 0x3ffffffe));
    result("no kind", getpriority((__priority_which_t)9, 0));
    return finish();
}
