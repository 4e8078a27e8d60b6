import { io, type Socket } from 'socket.io-client';
import { onTestFinished, vi } from 'vitest';
import type { Ack } from '../../../src/contract/index.js';

interface DialectClientOptions {
  url: string;
  /** The name of a dialect; without it the deployment's default is spoken. */
  dialect?: string;
  token?: string;
}

interface Heard {
  event: string;
  args: unknown[];
}

/** Longer than anything takes on two busy cores. */
const PATIENCE = { timeout: 10_000, interval: 10 };

/** A client of a Socket.IO dialect, which keeps all that it heard. */
export class DialectClient {
  readonly socket: Socket;
  readonly heard: Heard[] = [];

  constructor({ url, dialect, token }: DialectClientOptions) {
    this.socket = io(`${url}/chat`, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      auth: { ...(dialect === undefined ? {} : { dialect }), ...(token === undefined ? {} : { token }) },
    });
    this.socket.onAny((event: string, ...args: unknown[]) => this.heard.push({ event, args }));
  }

  /** A client of one test, which is gone when the test is over. */
  static dial(options: DialectClientOptions): DialectClient {
    const client = new DialectClient(options);
    onTestFinished(() => void client.socket.disconnect());
    return client;
  }

  say(event: string, ...args: unknown[]): void {
    this.socket.emit(event, ...args);
  }

  /** Says something with an ack callback; its answer, and the words that came before it. */
  async ask(event: string, ...args: unknown[]): Promise<{ ack: Ack<unknown>; words: Heard[] }> {
    const before = this.heard.length;
    const ack = (await this.socket.timeout(10_000).emitWithAck(event, ...args)) as Ack<unknown>;
    return { ack, words: this.heard.slice(before) };
  }

  /** What came with each event of a name so far. */
  all(event: string): Record<string, unknown>[] {
    return this.heard.filter((heard) => heard.event === event).map(({ args }) => args[0] as Record<string, unknown>);
  }

  /** What came with the first event of a name that has these fields, past or future. */
  async hears(event: string, fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return vi.waitFor(() => {
      const found = this.all(event).find((payload) =>
        Object.entries(fields).every(([field, value]) => payload[field] === value),
      );
      if (found === undefined) {
        const heard = this.heard.map(({ event: name, args }) => `${name} ${JSON.stringify(args[0])}`);
        throw new Error(`${event} ${JSON.stringify(fields)} was not heard; but ${heard.join(', ') || 'nothing'}`);
      }
      return found;
    }, PATIENCE);
  }

  async connected(): Promise<this> {
    await vi.waitFor(() => {
      if (!this.socket.connected) {
        throw new Error('the client did not connect');
      }
    }, PATIENCE);
    return this;
  }

  async disconnected(): Promise<void> {
    await vi.waitFor(() => {
      if (this.socket.connected) {
        throw new Error('the client is still connected');
      }
    }, PATIENCE);
  }
}
