import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { RawData, WebSocket } from 'ws';
import { closeCodes } from '../dialects/plain-websocket/close-codes.js';
import { heard } from '../dialects/plain-websocket/phrases.js';
import { signals } from '../dialects/plain-websocket/signals.js';
import type { ForeignConnection } from '../socket/foreign-connection.js';
import type { Heartbeat } from './heartbeat.js';
import { connectPacket, eventIn, eventPacket, frameIn, isAnswer, isGoodbye } from './packets.js';
import type { Replaceable } from './sole-connections.js';

/** A close frame has room for so many bytes of a reason; the library throws beyond. */
const REASON_MAX_BYTES = 123;
/** Frames that may wait for their turn; beyond, the client's network waits. */
const MAX_WAITING = 16;

interface Visit {
  /** The chat as the client names it. */
  chat: string;
  token: string | undefined;
}

/**
 * A plain WebSocket as a connection of the Socket.IO server: it writes the packets that a client library would write, and takes from
 * the server's packets what the dialect says, each an order to this wire ({@link signals}).
 *
 * So authentication, rooms, limits, cuts and everything else are the same code for all connections.
 */
export class RawConnection extends EventEmitter implements ForeignConnection, Replaceable {
  readonly id = randomUUID();
  readonly protocol = 4;
  /** What the server would read of it, the token and the origin, is said and checked otherwise. */
  readonly request = null;
  readonly transport: ForeignConnection['transport'];
  readyState: ForeignConnection['readyState'] = 'open';
  private userId = '';
  /** The chat as the client names it. */
  private readonly chat: string;
  /** Until the server has it: it would lie in memory as long as the connection. */
  private token: string | undefined;
  /** The chat, once it is joined. */
  private chatId: string | null = null;
  /** Frames that were said before the one that tells of the joining. */
  private early: string[] = [];
  /** Packets of the client that wait until the one before them is answered; `null` while none is being answered. */
  private waiting: string[] | null = null;
  /** Whether the client waits in the network. */
  private isPaused = false;
  /** Whether another connection has its place: what it has said is carried out, and nothing that it says from now on. */
  private isReplaced = false;
  /** The time at which the connection closes by itself, where it does. */
  private closing: NodeJS.Timeout | undefined;
  private farewell: { code: number; reason: string } = { code: closeCodes.tryAgain, reason: 'connect again' };

  /** @param onOpened told of the chat once it is joined, before the client is */
  constructor(
    private readonly socket: WebSocket,
    private readonly heartbeat: Heartbeat,
    { chat, token }: Visit,
    readonly remoteAddress: string,
    private readonly onOpened: (connection: RawConnection, userId: string, chatId: string) => void,
  ) {
    super();
    this.chat = chat;
    this.token = token;
    this.transport = { name: 'websocket', writable: true, socket };
    // What a client sends before it has joined waits in the network, so nothing is kept for whom nobody knows yet.
    this.pause();
    socket.on('message', (data, isBinary) => this.hear(data, isBinary));
    socket.on('close', () => this.closed());
    // Such as a frame that is too large: the library closes the connection with the code for it.
    socket.on('error', () => undefined);
  }

  /** Asks the server in, by the name of the client; it has this connection as its own now. */
  enter(dialect: string): void {
    const { token } = this;
    this.token = undefined;
    this.emit('data', connectPacket({ token, dialect }));
  }

  /** Joins the chat, now that the server knows who it is. */
  join(userId: string): void {
    this.userId = userId;
    this.tell(eventPacket(heard.join, this.chat));
  }

  /** Takes a packet of the server. */
  write(packet: unknown): void {
    if (this.readyState !== 'open' || typeof packet !== 'string') {
      return;
    }
    const frame = frameIn(packet);
    if (frame !== null) {
      this.say(frame);
    } else if (isAnswer(packet)) {
      this.answered();
    } else if (isGoodbye(packet)) {
      this.close();
    } else {
      this.obey(eventIn(packet));
    }
  }

  /** As the last order said, once what was written has left. */
  close(): void {
    const { code, reason } = this.farewell;
    this.closeWith(code, reason);
  }

  /**
   * The same user has opened the same chat anew. Closes once what the client had said is carried out, as far as so much may wait: it
   * has left the client, who would take it for sent. The server still decides about each, and may close the connection before.
   */
  giveWay(): void {
    if (this.waiting === null) {
      this.closeReplaced();
    } else if (!this.isReplaced) {
      this.isReplaced = true;
      this.waiting.splice(MAX_WAITING);
      this.pause();
    }
  }

  private closeReplaced(): void {
    this.closeWith(closeCodes.replaced, 'you opened this chat anew; the newest connection stays');
  }

  /** At once, whatever has not left yet. */
  terminate(): void {
    this.socket.terminate();
  }

  /** @param reason cut off where it is too long */
  private closeWith(code: number, reason: string): void {
    if (this.readyState !== 'open') {
      return;
    }
    this.readyState = 'closing';
    this.forget();
    // What is left of a character that was cut in two takes more room than it did.
    this.socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, REASON_MAX_BYTES)
        .toString()
        .replace(/\ufffd+$/, ''),
    );
    // The client's own close frame is waited for, and must not wait in the network.
    this.resume();
  }

  private obey(order: readonly unknown[] | null): void {
    const [name, ...args] = order ?? [];
    switch (name) {
      case signals.opened:
        this.open(String(args[0]), JSON.stringify(args[1]));
        break;
      case signals.close:
        // A user's connections hear of all his chats.
        if (args[0] === null || args[0] === this.chatId) {
          this.closeWith(Number(args[1]), String(args[2]));
        }
        break;
      case signals.closeWithin:
        this.closeWithin(Number(args[0]), Number(args[1]), String(args[2]));
        break;
      case signals.farewell:
        this.farewell = { code: Number(args[0]), reason: String(args[1]) };
    }
  }

  /** Those who are told at once come back one after the other. What was said first stands. */
  private closeWithin(spreadMs: number, code: number, reason: string): void {
    this.closing ??= setTimeout(() => this.closeWith(code, reason), Math.random() * spreadMs).unref();
  }

  private open(chatId: string, welcome: string): void {
    this.chatId = chatId;
    this.onOpened(this, this.userId, chatId);
    for (const frame of [welcome, ...this.early.splice(0)]) {
      this.socket.send(frame);
    }
    this.listenAgain();
  }

  private say(frame: string): void {
    if (this.chatId === null) {
      this.early.push(frame);
    } else {
      this.socket.send(frame);
    }
  }

  private hear(data: RawData, isBinary: boolean): void {
    if (this.readyState === 'open' && !this.isReplaced) {
      this.tell(eventPacket(heard.frame, isBinary ? null : data.toString()));
    }
  }

  /** One after the other: frames carry no name of their own, so a client knows answers by their order only. */
  private tell(packet: string): void {
    if (this.waiting === null) {
      this.waiting = [];
      this.emit('data', packet);
      return;
    }
    this.waiting.push(packet);
    if (this.waiting.length >= MAX_WAITING) {
      this.pause();
    }
  }

  private answered(): void {
    const next = this.waiting?.shift();
    if (next !== undefined) {
      this.listenAgain();
      this.emit('data', next);
      return;
    }
    this.waiting = null;
    if (this.isReplaced) {
      this.closeReplaced();
    } else {
      this.listenAgain();
    }
  }

  /** Once the chat is joined and there is room for what waits: the words of the joining may come behind its answer. */
  private listenAgain(): void {
    if (this.chatId !== null && !this.isReplaced && (this.waiting?.length ?? 0) < MAX_WAITING) {
      this.resume();
    }
  }

  private pause(): void {
    if (!this.isPaused) {
      this.isPaused = true;
      this.socket.pause();
      this.heartbeat.pause();
    }
  }

  private resume(): void {
    if (this.isPaused) {
      this.isPaused = false;
      this.socket.resume();
      this.heartbeat.resume();
    }
  }

  private forget(): void {
    clearTimeout(this.closing);
    this.early = [];
    this.waiting = null;
  }

  private closed(): void {
    this.readyState = 'closed';
    this.forget();
    this.emit('close', 'transport close');
  }
}
