const REQUESTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals that ask this process to end: the first asks the machines to stop in an orderly way, the next pulls the plug. */
export class StopRequests {
  private count = 0;
  private readonly onRequest: (nth: 'first' | 'again') => void;
  private readonly listener = (): void => this.request();

  constructor(onRequest: (nth: 'first' | 'again') => void) {
    this.onRequest = onRequest;
    for (const signal of REQUESTS) process.on(signal, this.listener);
  }

  /** Also what other ways of asking come to. */
  request(): void {
    this.count++;
    this.onRequest(this.count === 1 ? 'first' : 'again');
  }

  dispose(): void {
    for (const signal of REQUESTS) process.off(signal, this.listener);
  }
}
