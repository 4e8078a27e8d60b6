import type { ErrorCode, EventPayload, Message } from '../../src/contract/index.js';
import { CatchUp } from './catch-up.js';
import { type ChatSocket, Connection, type ConnectionOptions } from './connection.js';
import { Outbox } from './outbox.js';
import { Timeline } from './timeline.js';

/** Events of different instances may overtake each other on the way; most gaps close by themselves within this time. */
const GAP_PATIENCE_MS = 250;

export interface ResilientChatClientOptions extends ConnectionOptions {
  /** Keep every chat from its first message on; default: from the latest page on. */
  wholeHistory?: boolean;
  /** Messages that are new, or known in another state, by whichever way they came; in `seq` order within one call. */
  onMessages?: (messages: readonly Message[]) => void;
  /** The marketplace has closed a chat, so that nothing can be said in it, or opened it again (`closedAt` null). */
  onClosing?: (chatId: string, closedAt: string | null) => void;
  /** Commands are welcome, or not any more. */
  onStatus?: (status: 'ready' | 'lost', reason: string) => void;
  /** Each new connection before it is used, for listeners of further events. */
  onConnection?: (socket: ChatSocket) => void;
  /** The service refuses the user for good. */
  onRefused?: (code: ErrorCode) => void;
  /** A chat is not the user's; it was dropped. */
  onChatLost?: (chatId: string, error: unknown) => void;
}

/**
 * The reference client: it survives everything that can happen between a user and his chats, and loses and doubles
 * nothing. Other clients may be written after it.
 *
 * - It connects again after every loss, with jittered, growing delays, and with a good token.
 * - It keeps one cursor for each chat. After a reconnect, on `sync:required`, and when a `rev` is missing, it catches up.
 * - What it sends, it repeats under one `clientMessageId` until it is acked; edits and deletes it repeats as they are.
 *
 * @example
 * const client = new ResilientChatClient({ url, token: () => session.accessToken(), onMessages: show });
 * client.open();
 * client.join(chatId);
 * await client.send(chatId, 'Is it still available?');
 */
export class ResilientChatClient {
  private readonly timelines = new Map<string, Timeline>();
  private readonly connection: Connection;
  private readonly catchUp: CatchUp;
  private readonly outbox: Outbox;

  constructor(private readonly options: ResilientChatClientOptions) {
    this.connection = new Connection(options, {
      opened: (socket) => {
        socket.on('message:new', (message) => this.receive(message));
        socket.on('message:updated', (message) => this.receive(message));
        socket.on('message:deleted', (message) => this.receive(message));
        socket.on('message:reaction', (reaction) => this.receiveReaction(reaction));
        socket.on('chat:closed', (closed) => this.receiveClosing(closed));
        socket.on('chat:reopened', (reopened) => this.receiveClosing(reopened));
        socket.on('sync:required', ({ spreadMs }) => this.catchUp.within(spreadMs));
        options.onConnection?.(socket);
      },
      ready: () => {
        options.onStatus?.('ready', 'connected');
        this.catchUp.restart();
        this.outbox.resume();
      },
      lost: (reason) => options.onStatus?.('lost', reason),
      refused: (code) => options.onRefused?.(code),
    });
    this.catchUp = new CatchUp({
      connection: this.connection,
      timelines: this.timelines,
      wholeHistory: options.wholeHistory ?? false,
      onMessages: (messages) => this.tell(messages),
      onClosing: (chatId) => this.tellClosing(chatId),
      onLost: (chatId, error) => options.onChatLost?.(chatId, error),
    });
    this.outbox = new Outbox(this.connection);
  }

  /** Connects, and stays connected until `close`. */
  open(): void {
    this.connection.open();
  }

  /** Disconnects for good. What is not acked yet stays so: whether it was stored is unknown. */
  close(): void {
    this.catchUp.stop();
    this.connection.close();
  }

  /** Keeps a chat from now on. Its messages come through `onMessages`. */
  join(chatId: string): void {
    if (!this.timelines.has(chatId)) {
      this.timelines.set(chatId, new Timeline());
      this.catchUp.now();
    }
  }

  /**
   * Sends a message, however long it takes.
   *
   * @returns the stored message
   * @throws CommandFailed when the service will never take it
   */
  send(chatId: string, text: string, clientMessageId: string = crypto.randomUUID()): Promise<Message> {
    return this.outbox.send({ chatId, text, clientMessageId });
  }

  /**
   * Gives an own message another text, however long it takes, after everything that was sent to the chat before.
   *
   * @returns the message as it is then
   * @throws CommandFailed when the service will never take it
   */
  edit(chatId: string, messageId: string, text: string): Promise<Message> {
    return this.outbox.edit({ chatId, messageId, text });
  }

  /** Deletes an own message, in the way of `edit`. */
  delete(chatId: string, messageId: string): Promise<Message> {
    return this.outbox.delete({ chatId, messageId });
  }

  /** What is kept of a chat, in `seq` order. */
  messages(chatId: string): Message[] {
    return this.timelines.get(chatId)?.messages ?? [];
  }

  /** Since when a chat is closed; null while it is open, as far as is known. What is sent to a closed one is refused for good. */
  closedAt(chatId: string): string | null {
    return this.timelines.get(chatId)?.closedAt ?? null;
  }

  /** Messages and changes that were sent and are not acked yet. */
  get unacked(): number {
    return this.outbox.size;
  }

  get ready(): boolean {
    return this.connection.ready;
  }

  /** Whether the chats are complete as far as this client can know. */
  get caughtUp(): boolean {
    return this.connection.ready && this.catchUp.done;
  }

  private receive(message: Message): void {
    const timeline = this.timelines.get(message.chatId);
    if (timeline === undefined) {
      return;
    }
    const arrival = timeline.apply(message);
    if (arrival === 'added' || arrival === 'changed') {
      this.tell([message]);
    }
    if (timeline.hasGap) {
      this.catchUp.within(GAP_PATIENCE_MS);
    }
  }

  private receiveReaction(reaction: EventPayload<'message:reaction'>): void {
    const outcome = this.timelines.get(reaction.chatId)?.react(reaction);
    if (outcome === 'missing') {
      this.catchUp.within(GAP_PATIENCE_MS);
    } else if (outcome !== undefined && outcome !== 'known') {
      this.tell([outcome]);
    }
  }

  private receiveClosing({ id, closedAt }: EventPayload<'chat:closed'>): void {
    if (this.timelines.get(id)?.hearClosing({ closedAt })) {
      this.tellClosing(id);
    }
  }

  private tellClosing(chatId: string): void {
    this.options.onClosing?.(chatId, this.closedAt(chatId));
  }

  private tell(messages: readonly Message[]): void {
    if (messages.length > 0) {
      this.options.onMessages?.(messages);
    }
  }
}
