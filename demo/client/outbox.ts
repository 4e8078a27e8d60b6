import type { CommandInput, Message } from '../../src/contract/index.js';
import { BackOff, pause } from './back-off.js';
import type { Connection } from './connection.js';
import { nextStep } from './outcome.js';

type Draft = CommandInput<'message:send'> & { clientMessageId: string };

interface Entry {
  draft: Draft;
  attempts: number;
  resolve: (message: Message) => void;
  reject: (error: unknown) => void;
}

/**
 * Messages on their way out. Each is repeated under the same `clientMessageId` until it is acked, whatever happens to the
 * connection, so it is stored exactly once. One message of a chat is under way at a time: were the second sent before
 * the first is acked, a refusal of the first would turn their order round.
 */
export class Outbox {
  private readonly lines = new Map<string, Entry[]>();
  private readonly running = new Set<string>();

  constructor(private readonly connection: Pick<Connection, 'ready' | 'ask' | 'renewToken'>) {}

  /** Messages that are not acked yet. */
  get size(): number {
    return [...this.lines.values()].reduce((sum, line) => sum + line.length, 0);
  }

  /** Resolves with the stored message. @throws CommandFailed when the service will never take it */
  send(draft: Draft): Promise<Message> {
    return new Promise((resolve, reject) => {
      const line = this.lines.get(draft.chatId) ?? [];
      line.push({ draft, attempts: 0, resolve, reject });
      this.lines.set(draft.chatId, line);
      this.start(draft.chatId);
    });
  }

  /** Goes on where a lost connection interrupted. */
  resume(): void {
    for (const chatId of this.lines.keys()) {
      this.start(chatId);
    }
  }

  private start(chatId: string): void {
    if (!this.running.has(chatId)) {
      this.running.add(chatId);
      void this.drain(chatId);
    }
  }

  /** Never rejects. Ends when the line is empty or the connection is away; `resume` starts it again. */
  private async drain(chatId: string): Promise<void> {
    const line = this.lines.get(chatId) ?? [];
    const pace = new BackOff();
    for (let [entry] = line; entry !== undefined && this.connection.ready; [entry] = line) {
      try {
        entry.attempts++;
        entry.resolve(await this.connection.ask('message:send', entry.draft));
        line.shift();
        pace.reset();
      } catch (error) {
        const step = nextStep(error, entry.attempts);
        if (step.kind === 'give-up') {
          line.shift();
          entry.reject(error);
        } else if (step.kind === 'renew-token') {
          await this.connection.renewToken();
        } else if (this.connection.ready) {
          await pause(pace.next(step.afterMs));
        }
      }
    }
    // In the same turn as the last look at the line: what is added later finds nobody at work and starts anew.
    this.running.delete(chatId);
    if (line.length === 0) {
      this.lines.delete(chatId);
    }
  }
}
