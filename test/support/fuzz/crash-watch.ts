import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Notes what would have ended the process of a real service, which this process survives because it is a test. */
export class CrashWatch {
  readonly crashes: unknown[] = [];
  private readonly note = (error: unknown): void => {
    this.crashes.push(error);
  };

  constructor() {
    process.on('uncaughtExceptionMonitor', this.note);
    process.on('unhandledRejection', this.note);
  }

  stop(): void {
    process.off('uncaughtExceptionMonitor', this.note);
    process.off('unhandledRejection', this.note);
  }
}

/** Bytes of live objects: what is left after a full collection. */
export function liveHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') {
    collect();
  }
  return process.memoryUsage().heapUsed;
}
