import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { tokenFor } from '../../bench/servers/tokens.js';
import type {
  Ack,
  ClientToServerEvents,
  CommandInput,
  CommandName,
  ServerToClientEvents,
} from '../../src/contract/index.js';
import type { Tally } from './tally.js';

type ChatSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const TIMEOUT_MS = 20_000;
const LONGEST_PAUSE_MS = 60;
const MOST_ACTIONS = 8;
const POLLING_SHARE = 0.15;

const upTo = (most: number): number => Math.floor(Math.random() * most);
const chance = (probability: number): boolean => Math.random() < probability;

/** One user who comes, does something or other with other users, and goes, again and again. */
export class CrowdClient {
  constructor(
    private readonly userId: number,
    private readonly urls: readonly string[],
    private readonly others: readonly number[],
    private readonly tally: Tally,
  ) {}

  /** Resolves when this visit, the last one, is over. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await this.visit(end);
      await delay(upTo(LONGEST_PAUSE_MS));
    }
  }

  private async visit(end: AbortSignal): Promise<void> {
    const socket = await this.connect();
    if (socket === null) {
      this.tally.failed('connect');
      return;
    }
    try {
      for (let left = 1 + upTo(MOST_ACTIONS); left > 0 && !end.aborted; left--) {
        await this.act(socket);
        await delay(upTo(LONGEST_PAUSE_MS));
      }
    } finally {
      this.leave(socket);
    }
  }

  private async connect(): Promise<ChatSocket | null> {
    const socket: ChatSocket = io(`${this.urls[upTo(this.urls.length)]}/chat`, {
      forceNew: true,
      reconnection: false,
      transports: [chance(POLLING_SHARE) ? 'polling' : 'websocket'],
      auth: { token: tokenFor(this.userId) },
    });
    const welcome = new Promise<boolean>((resolve) => {
      socket.once('connection:success', () => resolve(true));
      socket.once('connect_error', () => resolve(false));
      socket.once('disconnect', () => resolve(false));
    });
    const inTime = await Promise.race([welcome, delay(TIMEOUT_MS, false, { ref: false })]);
    if (inTime) {
      this.tally.connected();
      return socket;
    }
    socket.disconnect();
    return null;
  }

  private async act(socket: ChatSocket): Promise<void> {
    const other = this.others[upTo(this.others.length)];
    if (other === undefined || other === this.userId) {
      return;
    }
    const [buyerId, sellerId] = [Math.min(this.userId, other), Math.max(this.userId, other)];
    const chat = await this.ask(socket, 'chat:create', { buyerId, sellerId });
    if (chat === null) {
      return;
    }
    const chatId = (chat as { id: string }).id;
    if (chance(0.7)) {
      await this.ask(socket, 'chat:join', { chatId, limit: 20 });
    }
    if (chance(0.5)) {
      await this.ask(socket, 'typing:start', { chatId });
    }
    for (let left = upTo(4); left > 0; left--) {
      if ((await this.ask(socket, 'message:send', { chatId, text: `at ${new Date().toISOString()}` })) !== null) {
        this.tally.stored();
      }
    }
    if (chance(0.2)) {
      await this.ask(socket, 'chat:sync', { chats: [{ chatId, rev: 0 }] });
    }
    if (chance(0.1)) {
      await this.ask(socket, 'users:online', {});
    }
    if (chance(0.4)) {
      await this.ask(socket, 'chat:leave', { chatId });
    }
  }

  private async ask<C extends CommandName>(socket: ChatSocket, command: C, payload: CommandInput<C>): Promise<unknown> {
    try {
      const untyped = socket as unknown as Socket;
      const answer = (await untyped.timeout(TIMEOUT_MS).emitWithAck(command, payload)) as Ack<unknown>;
      if (answer.success) {
        this.tally.answered();
        return answer.data;
      }
      this.tally.failed(`${command} ${answer.error.code}`);
    } catch {
      this.tally.failed(`${command} without an answer`);
    }
    return null;
  }

  /** Politely, by closing the transport, or by vanishing in the middle of something. */
  private leave(socket: ChatSocket): void {
    if (chance(0.3)) {
      socket.emit('typing:start', { chatId: '00000000-0000-4000-8000-000000000000' });
    }
    if (chance(0.5)) {
      socket.disconnect();
    } else {
      socket.io.engine.close();
    }
  }
}
