/** Exit codes of our own, apart from those of what ran in a guest. The higher ones are those of env(1), timeout(1) and shells. */
export const EXIT_FAILED = 1;
export const EXIT_WRONG_ARGUMENT = 2;
/** What was asked for could not be started, and so has no exit code. */
export const EXIT_NOT_STARTED = 125;
/** 128 and SIGPIPE: whoever read our output has gone. */
export const EXIT_READER_GONE = 141;
