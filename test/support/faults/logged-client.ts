import { ResilientChatClient } from '../../../demo/client/resilient-chat-client.js';
import type { EventName, Message } from '../../../src/contract/index.js';

export interface LoggedClientOptions {
  url: string;
  userId: number;
  /** Gives a token that is good now. */
  token: () => string;
  chatIds: readonly string[];
}

/** Sends that were acked, in the order they were made in one chat. */
export interface AckedSend {
  text: string;
  clientMessageId: string;
  message: Message;
}

let devices = 0;

/** The reference client, with a log of everything that a user could have seen. */
export class LoggedClient {
  readonly userId: number;
  readonly chatIds: readonly string[];
  readonly acked: AckedSend[] = [];
  /** How the last acked edit or delete of a message left it, by id. */
  readonly changed = new Map<string, Message>();
  /** Every message that came to this client by any way, by id; in its latest state. */
  readonly shown = new Map<string, Message>();
  /** Messages that one connection delivered live more than once in the same state. */
  readonly doubled: Message[] = [];
  /** How often commands became welcome. */
  connects = 0;
  /** Why connections ended. */
  readonly losses: string[] = [];
  readonly refusals: string[] = [];
  private readonly events = new Map<string, number>();
  private readonly client: ResilientChatClient;
  /** A user may have several clients, and no two send the same text. */
  private readonly device = ++devices;
  private sends = 0;

  constructor({ url, userId, token, chatIds }: LoggedClientOptions) {
    this.userId = userId;
    this.chatIds = chatIds;
    this.client = new ResilientChatClient({
      url,
      token,
      wholeHistory: true,
      reconnect: { firstMs: 200, lastMs: 3_000 },
      onMessages: (messages) => this.show(messages),
      onStatus: (status, reason) => {
        if (status === 'ready') {
          this.connects++;
        } else {
          this.losses.push(reason);
        }
      },
      onRefused: (code) => this.refusals.push(code),
      onChatLost: (chatId, error) => this.refusals.push(`${chatId}: ${String(error)}`),
      onConnection: (socket) => {
        const delivered = new Set<string>();
        const deliver = (message: Message): void => {
          const state = `${message.id} ${message.rev}`;
          if (delivered.has(state)) {
            this.doubled.push(message);
          }
          delivered.add(state);
          this.show([message]);
        };
        socket.on('message:new', deliver);
        socket.on('message:updated', deliver);
        socket.on('message:deleted', deliver);
        socket.onAny((name: string) => this.events.set(name, this.seen(name as EventName) + 1));
      },
    });
    this.client.open();
    for (const chatId of chatIds) {
      this.client.join(chatId);
    }
  }

  get ready(): boolean {
    return this.client.ready;
  }

  /** Connected, complete as far as it can know, and everything it sent is acked. */
  get settled(): boolean {
    return this.client.caughtUp && this.client.unacked === 0;
  }

  get unacked(): number {
    return this.client.unacked;
  }

  messages(chatId: string): Message[] {
    return this.client.messages(chatId);
  }

  /** How often an event came. */
  seen(event: EventName): number {
    return this.events.get(event) ?? 0;
  }

  /** Sends a message with a text and a key that no other has, and resolves when it is acked. */
  async send(
    chatId: string,
    text = `${this.userId} on ${this.device} says ${++this.sends} in ${chatId}`,
  ): Promise<Message> {
    const clientMessageId = crypto.randomUUID();
    const message = await this.client.send(chatId, text, clientMessageId);
    this.acked.push({ text, clientMessageId, message });
    return message;
  }

  /** Gives a message a text that no other has, and resolves when that is acked. */
  async edit({ chatId, id, text }: Message): Promise<void> {
    this.changed.set(id, await this.client.edit(chatId, id, `${text}, corrected`));
  }

  /** Deletes a message, and resolves when that is acked. */
  async delete({ chatId, id }: Message): Promise<void> {
    this.changed.set(id, await this.client.delete(chatId, id));
  }

  close(): void {
    this.client.close();
  }

  private show(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.rev >= (this.shown.get(message.id)?.rev ?? 0)) {
        this.shown.set(message.id, message);
      }
    }
  }
}
