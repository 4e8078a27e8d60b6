import type { CommandInput, Message } from '../../src/contract/index.js';
import { BackOff, pause } from './back-off.js';
import type { Connection } from './connection.js';
import { isFault, nextStep } from './outcome.js';

type Draft = CommandInput<'message:send'> & { clientMessageId: string };

interface Entry {
  ask: () => Promise<Message>;
  /** How often it met a fault of the service. */
  faults: number;
  resolve: (message: Message) => void;
  reject: (error: unknown) => void;
}

/**
 * Messages on their way out, and changes of them. Each is repeated until it is acked, whatever happens to the connection: a
 * message under the same `clientMessageId`, so it is stored exactly once, and a change that was made already changes nothing. One
 * command of a chat is under way at a time: were the second sent before the first is acked, a refusal of the first would
 * turn their order round.
 */
export class Outbox {
  private readonly lines = new Map<string, Entry[]>();
  private readonly running = new Set<string>();

  constructor(private readonly connection: Pick<Connection, 'ready' | 'ask' | 'renewToken'>) {}

  /** Messages and changes that are not acked yet. */
  get size(): number {
    return [...this.lines.values()].reduce((sum, line) => sum + line.length, 0);
  }

  /** Resolves with the stored message. @throws CommandFailed when the service will never take it */
  send(draft: Draft): Promise<Message> {
    return this.add(draft.chatId, () => this.connection.ask('message:send', draft));
  }

  /** Resolves with the message as it is then. @throws CommandFailed when the service will never take it */
  edit(change: CommandInput<'message:edit'>): Promise<Message> {
    return this.add(change.chatId, () => this.connection.ask('message:edit', change));
  }

  /** Resolves with what is left of the message. @throws CommandFailed when the service will never take it */
  delete(change: CommandInput<'message:delete'>): Promise<Message> {
    return this.add(change.chatId, () => this.connection.ask('message:delete', change));
  }

  /** Goes on where a lost connection interrupted. */
  resume(): void {
    for (const chatId of this.lines.keys()) {
      this.start(chatId);
    }
  }

  private add(chatId: string, ask: Entry['ask']): Promise<Message> {
    return new Promise((resolve, reject) => {
      const line = this.lines.get(chatId) ?? [];
      line.push({ ask, faults: 0, resolve, reject });
      this.lines.set(chatId, line);
      this.start(chatId);
    });
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
        entry.resolve(await entry.ask());
        line.shift();
        pace.reset();
      } catch (error) {
        entry.faults += isFault(error) ? 1 : 0;
        const step = nextStep(error, entry.faults);
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
