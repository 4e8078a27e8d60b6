import type { IncomingMessage } from 'node:http';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Ack } from '../../../src/contract/index.js';

interface RawClientOptions {
  /** Of the service, `http://host:port`. */
  url: string;
  headers?: Record<string, string>;
  /** Further parameters of the handshake, such as `sid`. */
  query?: Record<string, string>;
}

const NAMESPACE = '/chat';

/** The id that the server gives in its answer to the join of the namespace. */
export function socketIdIn(frame: string): string {
  return (JSON.parse(frame.slice(frame.indexOf('{'))) as { sid: string }).sid;
}

/**
 * A client that writes Socket.IO packets by hand, frame by frame: for what the real client library refuses to send or
 * hides when it receives. It answers pings and keeps every other frame.
 */
export class RawClient {
  /** Every frame that came, except pings. */
  readonly frames: string[] = [];
  private readonly socket: WebSocket;
  private closedWith: number | null = null;
  private refusedWith: number | null = null;

  constructor({ url, headers = {}, query = {} }: RawClientOptions) {
    const parameters = new URLSearchParams({ EIO: '4', transport: 'websocket', ...query });
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?${parameters}`, { headers });
    this.socket.on('message', (data) => this.receive(String(data)));
    this.socket.on('close', (code) => {
      this.closedWith = code;
    });
    this.socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      this.refusedWith = response.statusCode ?? 0;
      response.resume();
      this.socket.terminate();
    });
    // What is wrong shows as the close that follows.
    this.socket.on('error', () => undefined);
  }

  /** Opens the transport and joins the namespace; with a good token the connection is ready for commands. */
  static async connect(options: RawClientOptions, token: string): Promise<RawClient> {
    const client = new RawClient(options);
    await client.opened();
    client.join({ token });
    await client.frame((frame) => frame.startsWith(`42${NAMESPACE},["connection:success"`));
    return client;
  }

  /** The transport is open: the server's handshake has come. */
  async opened(): Promise<void> {
    await this.frame((frame) => frame.startsWith('0'));
  }

  /** Asks to join the namespace, with this in the place of `auth`. */
  join(auth: unknown): void {
    this.send(`40${NAMESPACE},${JSON.stringify(auth)}`);
  }

  send(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** An event as JSON text of its array, `["name",...]`; with an id the server answers. */
  emit(json: string, id: number | '' = ''): void {
    this.send(`42${NAMESPACE},${id}${json}`);
  }

  /** The first frame, past or future, that fits. */
  async frame(fits: (frame: string) => boolean): Promise<string> {
    return vi.waitFor(
      () => {
        const found = this.frames.find(fits);
        if (found === undefined) {
          throw new Error(`the frame did not come; seen: ${JSON.stringify(this.frames).slice(0, 2_000)}`);
        }
        return found;
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  /** The id of its socket on the server, once it has joined the namespace. */
  async socketId(): Promise<string> {
    return socketIdIn(await this.frame((frame) => frame.startsWith(`40${NAMESPACE},`)));
  }

  /** All answers so far to the event with this id. */
  answers(id: number): Ack<unknown>[] {
    const start = `43${NAMESPACE},${id}[`;
    return this.frames
      .filter((frame) => frame.startsWith(start))
      .map((frame) => (JSON.parse(frame.slice(start.length - 1)) as [Ack<unknown>])[0]);
  }

  /** The answer to the event with this id, once it has come. */
  async answer(id: number): Promise<Ack<unknown>> {
    await this.frame((frame) => frame.startsWith(`43${NAMESPACE},${id}[`));
    return this.answers(id)[0] as Ack<unknown>;
  }

  /** The payloads of all events of this name so far. */
  received(event: string): unknown[] {
    return this.frames
      .filter((frame) => frame.startsWith(`42${NAMESPACE},[${JSON.stringify(event)}`))
      .map((frame) => (JSON.parse(frame.slice(frame.indexOf('['))) as unknown[])[1]);
  }

  /** The WebSocket code the connection ended with, once it has. */
  async closed(): Promise<number> {
    return vi.waitFor(
      () => {
        if (this.closedWith === null) {
          throw new Error('the connection is still open');
        }
        return this.closedWith;
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  /** The HTTP status the server refused the handshake with, once it has. */
  async refused(): Promise<number> {
    return vi.waitFor(
      () => {
        if (this.refusedWith === null) {
          throw new Error(`the handshake was not refused; seen: ${JSON.stringify(this.frames)}`);
        }
        return this.refusedWith;
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  /** Leaves everything that comes from now on in the network: what the kernel does not hold has to wait at the server. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Takes what the network still holds, and learns what became of the connection meanwhile. */
  readAgain(): void {
    this.socket.resume();
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.socket.terminate();
  }

  private receive(frame: string): void {
    if (frame === '2') {
      this.send('3');
      return;
    }
    this.frames.push(frame);
  }
}
