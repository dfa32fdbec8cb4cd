/** epoll_ctl(2); the event bits themselves are those of poll(2). */
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;

export const EPOLLEXCLUSIVE = 1 << 28;
export const EPOLLWAKEUP = 1 << 29;
export const EPOLLONESHOT = 1 << 30;
export const EPOLLET = 1 << 31;

/** `struct epoll_event` is packed on x86-64: a word of events, then 8 bytes of the program's own. */
export const EPOLL_EVENT_BYTES = 12;
