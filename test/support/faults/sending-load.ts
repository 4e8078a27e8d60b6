import { setTimeout as delay } from 'node:timers/promises';
import { vi } from 'vitest';
import type { LoggedClient } from './logged-client.js';

interface LoadOptions {
  /** Mean pause of each sender between an ack and its next message, milliseconds. */
  pauseMs: number;
  /** Whether the senders also edit and delete some of their messages. Default `false`. */
  changing?: boolean;
}

/** Of ten messages that a sender sent, one is edited, one deleted, and one edited and then deleted. */
const CHANGED_OF_TEN = [['edit'], ['delete'], ['edit', 'delete']] as const;

/** Clients that write, each into each of its chats, until they are stopped. */
export class SendingLoad {
  #stopped = false;
  #acked = 0;
  readonly #senders: Promise<void>[];

  constructor(clients: readonly LoggedClient[], { pauseMs, changing = false }: LoadOptions) {
    this.#senders = clients.flatMap((client) =>
      client.chatIds.map(async (chatId) => {
        for (let sent = 0; !this.#stopped; sent++) {
          const message = await client.send(chatId);
          this.#acked++;
          for (const change of (changing && CHANGED_OF_TEN[sent % 10]) || []) {
            await client[change](message);
          }
          await delay(pauseMs * 2 * Math.random());
        }
      }),
    );
  }

  /** Messages that were acked so far. */
  get acked(): number {
    return this.#acked;
  }

  /** Resolves when a number of further messages were acked. */
  async progress(messages: number, withinMs = 30_000): Promise<void> {
    const goal = this.#acked + messages;
    await vi.waitFor(
      () => {
        if (this.#acked < goal) {
          throw new Error(`no progress: ${goal - this.#acked} of ${messages} messages are not acked yet`);
        }
      },
      { timeout: withinMs, interval: 20 },
    );
  }

  /** Sends nothing new any more; resolves when everything is acked. @throws CommandFailed when something was refused */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#senders);
  }
}
