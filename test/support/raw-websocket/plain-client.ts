import type { IncomingMessage } from 'node:http';
import { expect, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { TestChat } from '../chat/test-chat.js';

const PATIENCE = { timeout: 10_000, interval: 5 };

/** A frame of the dialect `plain-websocket`, as it came. */
export type PlainFrame = { type: string } & Record<string, unknown>;

interface Visitor {
  userId: number | string;
  /** Default 0. */
  instance?: number;
}

interface Dialling extends ClientOptions {
  protocols?: string[];
}

/** A frontend that knows plain WebSockets only. It keeps every frame, and how the connection ended. */
export class PlainClient {
  readonly frames: PlainFrame[] = [];
  ended: { code: number; reason: string } | null = null;
  /** The HTTP status that the upgrade was refused with. */
  refusedWith: number | null = null;
  private barriers = 0;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as PlainFrame));
    socket.on('close', (code, reason) => {
      this.ended = { code, reason: reason.toString() };
    });
    socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      this.refusedWith = response.statusCode ?? 0;
      response.resume();
      socket.terminate();
    });
    // What is wrong shows as the end that follows.
    socket.on('error', () => undefined);
  }

  /** Knocks at an address below `/ws/chat/`; nothing is waited for. */
  static dial(chat: TestChat, path: string, { protocols = [], ...options }: Dialling = {}, instance = 0): PlainClient {
    return new PlainClient(new WebSocket(`${chat.url(instance).replace('http', 'ws')}${path}`, protocols, options));
  }

  /** A user at a chat, let in or not, his token in the header. */
  static visit(chat: TestChat, chatId: number | string, { userId, instance = 0 }: Visitor): PlainClient {
    const headers = { Authorization: `Bearer ${chat.marketplace.token({ userId })}` };
    return PlainClient.dial(chat, `/ws/chat/${chatId}/`, { headers }, instance);
  }

  /** A user in a chat. */
  static async connect(chat: TestChat, chatId: number | string, visitor: Visitor): Promise<PlainClient> {
    const client = PlainClient.visit(chat, chatId, visitor);
    await client.established();
    return client;
  }

  /** The chat's integer, which the first frame tells. */
  async established(): Promise<number> {
    const { chat_id } = await this.frame(({ type }) => type === 'connection_established');
    return chat_id as number;
  }

  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The first frame, past or future, that fits. */
  frame(fits: (frame: PlainFrame) => boolean): Promise<PlainFrame> {
    return vi.waitFor(() => {
      const found = this.frames.find(fits);
      if (found === undefined) {
        const seen = JSON.stringify(this.frames).slice(0, 2_000);
        throw new Error(`the frame did not come; seen: ${seen}, ended: ${JSON.stringify(this.ended)}`);
      }
      return found;
    }, PATIENCE);
  }

  /** The first error. */
  async error(): Promise<unknown> {
    return (await this.frame(({ type }) => type === 'error')).message;
  }

  /** The data of all messages so far. */
  messages(): Record<string, unknown>[] {
    return this.ofType('message').map(({ data }) => data as Record<string, unknown>);
  }

  ofType(type: string): PlainFrame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Answered after everything that this instance sent to this client before. */
  async barrier(): Promise<void> {
    this.barriers += 1;
    const type = `barrier ${this.barriers}`;
    this.send({ type });
    const answer = await this.frame(({ message }) => message === `Unknown message type: ${type}`);
    this.frames.splice(this.frames.indexOf(answer), 1);
  }

  /** The code that the connection ended with, past or future. */
  async closed(): Promise<number> {
    await expect.poll(() => this.ended, PATIENCE).not.toBeNull();
    return this.ended?.code ?? 0;
  }

  /** The status of the refused upgrade, past or future. */
  async refused(): Promise<number> {
    await expect.poll(() => this.refusedWith ?? this.ended, PATIENCE).not.toBeNull();
    return this.refusedWith ?? 0;
  }

  close(): void {
    this.socket.terminate();
  }
}
