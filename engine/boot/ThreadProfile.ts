import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** Often enough to see single calls of a busy kernel. */
const INTERVAL_MICROSECONDS = 200;

/**
 * A CPU profile of the thread that makes it, as DevTools opens it. A session with one's own thread answers before `post`
 * returns, so that it works in a loop that never comes back to Node's.
 */
export class ThreadProfile {
  private readonly session = new Session();
  private readonly path: string;

  /** Begins at once; `stop` writes to `path`. */
  constructor(path: string) {
    this.path = path;
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROSECONDS });
    this.session.post('Profiler.start');
  }

  /** Writes the profile. A sentence about why it could not, or null. */
  stop(): string | null {
    let failure: string | null = 'the profiler gave no profile';
    this.session.post('Profiler.stop', (error, result) => {
      failure = error === null ? this.write(JSON.stringify(result.profile)) : error.message;
    });
    this.session.disconnect();
    return failure;
  }

  private write(text: string): string | null {
    try {
      writeFileSync(this.path, text);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
