import { Injectable } from '@nestjs/common';
import { ChatError } from '../contract/index.js';

/** What is under way in this instance, by whichever door it came in, and whether more is taken in. */
@Injectable()
export class Intake {
  private running = 0;
  private closed = false;
  private idleWaiters: (() => void)[] = [];

  get isClosed(): boolean {
    return this.closed;
  }

  /** Counts a command from its arrival; {@link end} follows once its answer is written, whatever the answer. */
  begin(): void {
    this.running++;
  }

  end(): void {
    this.running--;
    if (this.running === 0) {
      for (const resolve of this.idleWaiters.splice(0)) {
        resolve();
      }
    }
  }

  /** @throws ChatError `UNAVAILABLE` once this instance is going away */
  requireOpen(operation: string): void {
    if (this.closed) {
      throw new ChatError('UNAVAILABLE', operation, 'this instance is going away; reconnect and send it again');
    }
  }

  /** From now on commands are refused as retryable; resolves when those under way are answered. */
  close(): Promise<void> {
    this.closed = true;
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.idleWaiters.push(resolve));
  }
}
