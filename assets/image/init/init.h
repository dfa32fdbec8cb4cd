/* The first process of a machine. README.md says what it does and what it reads. */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <sys/types.h>

#define RUN_DIRECTORY "/run/umlaut"

/* machine.c: the machine's settings */

/* Applies what the settings say; true when there is a start-up script, whose path is then in `script`. */
bool configure_machine(char *script, size_t script_size);

/* problem.c: what went wrong, for the console and for the engine */

void open_problems(void);
/* Tells of one problem, as printf(3) would. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Leaves the problems in the file `name` of RUN_DIRECTORY. The file is there at once and whole. */
void publish_problems(const char *name);

/* network.c: interfaces, addresses and routes, through rtnetlink(7). All answer 0 or a negative errno. */

int set_link_up(const char *interface);
int set_link_mtu(const char *interface, unsigned mtu);
/* `address` has a prefix length: 10.0.0.1/24. */
int add_address(const char *interface, const char *address);
/* `destination` is a network or "default"; of `gateway` and `interface` one may be NULL. */
int add_route(const char *destination, const char *gateway, const char *interface);

/* process.c: children */

void prepare_signals(void);
/* Starts a program in a session of its own, with the console as its controlling terminal when it is a terminal. */
pid_t start(const char *path, char *const arguments[]);
/* The same for a script whose background processes shall go on when it has ended. The end of a session sends SIGHUP to its
 * foreground (credentials(7)), so the script is not the leader, and not in the foreground any more when the leader ends.
 */
pid_t start_leaving_services(const char *path, char *const arguments[]);
/* An exit status as shells have it: 128 and the signal's number for who was killed. */
int exit_status_of(int status);
/* Waits until `pid` has ended, collecting orphans meanwhile; its wait status. Carries out a request to shut down. */
int wait_for(pid_t pid);

/* shutdown.c: the end of the machine */

enum ending { ENDING_NONE, ENDING_POWER_OFF, ENDING_REBOOT };

/* What a signal to the first process asks for. */
enum ending ending_of_signal(int signal);
/* Ends every process, kindly and then not, and the machine with them. */
void shut_down(enum ending ending) __attribute__((noreturn));
/* From now on a shutdown ends with this exit status instead of a message: a command was run, nobody is at the console.
 */
void shut_down_quietly_with(int status);
/* What `poweroff`, `reboot` and the like do: ask the first process. The exit status. */
int ask_first_process(const char *name, int count, char **arguments);

#endif
