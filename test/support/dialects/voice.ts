import { expect } from 'vitest';
import { CANONICAL } from '../../../src/dialects/catalogue.js';
import type { TestChat } from '../chat/test-chat.js';
import { PlainClient } from '../raw-websocket/plain-client.js';
import { DialectClient } from './dialect-client.js';
import { type Heard, type Told, type Tongue, type Wording, type Words, wordings } from './wordings.js';

/** Longer than anything takes on two busy cores. */
export const PATIENCE = { timeout: 15_000, interval: 10 };

interface Seat {
  userId: number;
  instance: number;
  chatId: string;
}

/** A connection, whatever carries it. */
interface Line {
  tell(words: Words): void;
  heard(): Heard[];
  /** How it was closed; `null` while it is open. */
  ended(): { code: number | null } | null;
  close(): void;
}

/** A client in a chat, with one set of words for tests whatever its own are. */
export class Voice {
  private constructor(
    readonly tongue: Tongue,
    readonly seat: Seat,
    private readonly line: Line,
    private readonly wording: Wording,
    /** The chat as the client names it. */
    private readonly chat: unknown,
  ) {}

  /** Connects a user to an instance, and joins the chat. */
  static async join(chat: TestChat, tongue: Tongue, seat: Seat): Promise<Voice> {
    const wording = wordings[tongue];
    const line = await connect(chat, tongue, seat);
    if (wording.join !== null) {
      line.tell(wording.join(seat.chatId));
    }
    const joined = () => line.heard().find(({ event }) => event === wording.joined)?.payload;
    if (wording.joined !== '') {
      await expect.poll(joined, PATIENCE).toBeDefined();
    }
    return new Voice(tongue, seat, line, wording, wording.reference?.(joined() ?? {}) ?? seat.chatId);
  }

  get userId(): number {
    return this.seat.userId;
  }

  get hasReceipts(): boolean {
    return this.wording.read !== null;
  }

  say(text: string): void {
    this.line.tell(this.wording.message(this.chat, text));
  }

  type(isTyping: boolean): void {
    this.line.tell(this.wording.typing(this.chat, isTyping));
  }

  /** Marks all as read, where the tongue has receipts. */
  read(): void {
    if (this.wording.read !== null) {
      this.line.tell(this.wording.read(this.chat));
    }
  }

  /** All that it heard, as it came. */
  heard(): readonly Heard[] {
    return this.line.heard();
  }

  /** Messages in the order in which they came. */
  messages(): Told[] {
    return this.found(this.wording.hearsMessage);
  }

  /** The same as the client shows them: each dialect has something to order messages by. */
  inOrder(): Told[] {
    return this.messages().toSorted((one, other) => one.seq - other.seq);
  }

  edited(): Told[] {
    return this.found(this.wording.hearsEdited);
  }

  /** Each by its id or its seq. */
  deleted(): unknown[] {
    return this.found(this.wording.hearsDeleted);
  }

  /** The signs of one user. */
  typingOf(userId: number): unknown[] {
    return this.found(this.wording.hearsTyping)
      .filter((sign) => sign.userId === userId)
      .map(({ isTyping }) => isTyping);
  }

  readers(): unknown[] {
    return this.found(this.wording.hearsRead);
  }

  get isOpen(): boolean {
    return this.line.ended() === null;
  }

  /** Resolves when it knows that it was removed from the chat. */
  async isRemoved(): Promise<void> {
    const { hearsRemoved, closed } = this.wording;
    await (hearsRemoved === null
      ? expect.poll(() => this.line.ended()?.code, PATIENCE).toBe(closed?.removed)
      : expect.poll(() => this.heard().map(({ event }) => event), PATIENCE).toContain(hearsRemoved));
  }

  /** Resolves when it knows that its token counts no more, and the connection is closed. */
  async isCut(): Promise<void> {
    const { hearsRefused, closed } = this.wording;
    await expect.poll(() => this.line.ended(), PATIENCE).toEqual({ code: closed?.cut ?? null });
    if (closed === undefined) {
      expect(this.found(hearsRefused)).toEqual(['TOKEN_INVALID']);
    }
  }

  close(): void {
    this.line.close();
  }

  private found<T>(look: (heard: Heard) => T | null): T[] {
    return this.heard().flatMap((heard) => look(heard) ?? []);
  }
}

async function connect(chat: TestChat, tongue: Tongue, { userId, instance, chatId }: Seat): Promise<Line> {
  if (tongue === 'plain-websocket') {
    const client = PlainClient.visit(chat, chatId, { userId, instance });
    return {
      tell: ([type, payload]) => client.send({ type, ...(payload as object) }),
      heard: () => client.frames.map((frame) => ({ event: frame.type, payload: frame })),
      ended: () => (client.ended === null ? null : { code: client.ended.code }),
      close: () => client.close(),
    };
  }
  if (tongue === CANONICAL) {
    const client = await chat.connect(userId, { instance });
    await client.get('chat:join', { chatId });
    return {
      tell: ([event, payload]) => client.tell(event, payload),
      heard: () => client.log as Heard[],
      ended: () => (client.socket.connected ? null : { code: null }),
      close: () => client.close(),
    };
  }
  const token = chat.marketplace.token({ userId });
  const client = await new DialectClient({ url: chat.url(instance), dialect: tongue, token }).connected();
  return {
    tell: ([event, payload]) => client.say(event, payload),
    heard: () => client.heard.map(({ event, args }) => ({ event, payload: args[0] as Heard['payload'] })),
    ended: () => (client.socket.connected ? null : { code: null }),
    close: () => client.socket.disconnect(),
  };
}
