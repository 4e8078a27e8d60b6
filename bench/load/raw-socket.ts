import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { LoadDialect } from './commands.js';
import { ackBody, commandFrame, connectFrame, ENGINE_PATH, ENGINE_PONG, readFrame } from './frames.js';

/** Called for each answer to `request`; `failure` is what the server answered instead of success. */
export type OnAck = (sentAt: number, failure: string | null) => void;

interface Pending {
  resolve(body: unknown): void;
  reject(error: Error): void;
}

/** A server that never answers must end the run and not stall it. */
const COMMAND_TIMEOUT_MS = 30_000;
/** Key of the pending connect among the commands, whose ack ids begin at 0. */
const CONNECT = -1;

/** One client: a websocket that speaks just enough Socket.IO, answers pings, and counts what it is sent. */
export class RawSocket {
  /** `message:new` events received so far. */
  deliveries = 0;
  /** Why the connection is gone; `null` while it stands. */
  lost: string | null = null;
  private nextAckId = 0;
  private readonly commands = new Map<number, Pending>();
  private readonly requests = new Map<number, { sentAt: number; onAck: OnAck }>();
  private onDelivery: () => void = () => undefined;

  private constructor(
    private readonly socket: WebSocket,
    private readonly dialect: LoadDialect | undefined,
  ) {
    socket.on('close', (code) => this.failAll(`the server closed the connection with code ${code}`));
    socket.on('error', (error) => this.failAll(error.message));
  }

  /** @throws Error when the server refuses the token */
  static async connect(url: string, token: string, dialect?: LoadDialect): Promise<RawSocket> {
    const socket = new WebSocket(new URL(ENGINE_PATH, url.replace(/^http/, 'ws')), {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    const client = new RawSocket(socket, dialect);
    const connected = client.pend(CONNECT);
    socket.on('message', (data: Buffer) => client.receive(data, token));
    await connected;
    return client;
  }

  /** Joins a chat in the words of the socket's dialect. */
  async join(chatId: string): Promise<void> {
    await (this.dialect === undefined
      ? this.command('chat:join', { chatId })
      : this.command('conversation:join', { conversationId: chatId }));
  }

  /** Sends a command and returns the body of its ack. @throws Error when the answer is not success, or none comes in 30 s */
  command(event: string, payload: unknown): Promise<unknown> {
    const id = this.nextAckId++;
    const answer = this.pend(id);
    this.socket.send(commandFrame(id, event, JSON.stringify(payload)));
    return answer;
  }

  /** The measured path. @param payload JSON text @param sentAt when the request was due, `performance.now()` */
  request(event: string, payload: string, sentAt: number, onAck: OnAck): void {
    const { lost } = this;
    if (lost !== null) {
      queueMicrotask(() => onAck(sentAt, lost));
      return;
    }
    const id = this.nextAckId++;
    this.requests.set(id, { sentAt, onAck });
    this.socket.send(commandFrame(id, event, payload));
  }

  /** One listener for all deliveries to this socket. */
  listen(onDelivery: () => void): void {
    this.onDelivery = onDelivery;
  }

  async close(): Promise<void> {
    if (this.socket.readyState !== WebSocket.CLOSED) {
      const closed = once(this.socket, 'close');
      this.socket.close();
      await closed;
    }
  }

  private receive(data: Buffer, token: string): void {
    const frame = readFrame(data);
    switch (frame.kind) {
      case 'delivery':
        this.deliveries += 1;
        this.onDelivery();
        return;
      case 'ack':
        this.settle(frame.id, frame.success, data, frame.bodyStart);
        return;
      case 'ping':
        this.socket.send(ENGINE_PONG);
        return;
      case 'open':
        this.socket.send(connectFrame(token, this.dialect));
        return;
      case 'connected':
        this.take(CONNECT)?.resolve(undefined);
        return;
      case 'refused':
        this.failAll(frame.reason);
        return;
      case 'other':
        return;
    }
  }

  private settle(id: number, success: boolean, data: Buffer, bodyStart: number): void {
    const sent = this.requests.get(id);
    if (sent !== undefined) {
      this.requests.delete(id);
      sent.onAck(sent.sentAt, success ? null : data.toString('utf8', bodyStart));
      return;
    }
    const command = this.take(id);
    if (success) {
      command?.resolve(ackBody(data, bodyStart));
    } else {
      command?.reject(new Error(`unable to run a command; the server answered ${data.toString('utf8', bodyStart)}`));
    }
  }

  private async pend(id: number): Promise<unknown> {
    if (this.lost !== null) {
      throw new Error(`unable to reach the server; ${this.lost}`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.commands.set(id, { resolve, reject });
    const timer = setTimeout(
      () => reject(new Error('unable to reach the server; it does not answer')),
      COMMAND_TIMEOUT_MS,
    );
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  private take(id: number): Pending | undefined {
    const pending = this.commands.get(id);
    this.commands.delete(id);
    return pending;
  }

  private failAll(reason: string): void {
    this.lost ??= reason;
    for (const { reject } of this.commands.values()) {
      reject(new Error(`unable to reach the server; ${reason}`));
    }
    this.commands.clear();
    for (const { sentAt, onAck } of this.requests.values()) {
      onAck(sentAt, reason);
    }
    this.requests.clear();
  }
}
