import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { ChatNamespace, ChatSocket } from '../delivery/chat-socket.js';
import { UnreadAnswers } from './unread-answers.js';

const CHECK_INTERVAL_MS = 1_000;

/**
 * Cuts connections whose client does not read. What is sent to a client that stopped reading piles up in this process, and
 * one such client in a busy chat would end it for all. The client reconnects and syncs, so it loses nothing.
 *
 * Looks once a second, so that no packet pays for it.
 */
@Injectable()
export class SlowClients implements OnModuleDestroy {
  private readonly logger = new Logger(SlowClients.name);
  private readonly unread = new UnreadAnswers();
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  watch(namespace: ChatNamespace): void {
    namespace.on('connection', ({ conn }) => this.unread.watch(conn));
    this.timer = setInterval(() => {
      for (const socket of namespace.sockets.values()) {
        this.check(socket);
      }
    }, CHECK_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private check(socket: ChatSocket): void {
    const bytes = waitingBytes(socket) + this.unread.bytes(socket.conn);
    if (bytes > this.config.socket.slowClientBufferBytes) {
      this.logger.warn({ socketId: socket.id, bytes }, 'connection cut; its client reads too slowly');
      cut(socket);
      this.unread.drop(socket.conn);
    }
  }
}

/** What waits in Socket.IO for the transport, where of a healthy client nothing waits, plus what waits in a WebSocket for the network. */
function waitingBytes({ conn }: ChatSocket): number {
  const packets: unknown = Reflect.get(conn, 'writeBuffer');
  let bytes = rawSocket(conn)?.bufferedAmount ?? 0;
  if (Array.isArray(packets)) {
    for (const { data } of packets as { data?: unknown }[]) {
      bytes += typeof data === 'string' || Buffer.isBuffer(data) ? Buffer.byteLength(data) : 0;
    }
  }
  return bytes;
}

/** A polite close would wait behind what the client does not read. */
function cut({ conn }: ChatSocket): void {
  const raw = rawSocket(conn);
  if (raw === null) {
    conn.close(true);
  } else {
    raw.terminate();
  }
}

interface RawSocket {
  bufferedAmount: number;
  terminate(): void;
}

/** The WebSocket beneath a connection; `null` where it polls. Socket.IO's types keep it to themselves. */
function rawSocket(conn: ChatSocket['conn']): RawSocket | null {
  const raw: unknown = Reflect.get(conn.transport, 'socket');
  const isWebSocket = typeof raw === 'object' && raw !== null && 'bufferedAmount' in raw && 'terminate' in raw;
  return isWebSocket ? (raw as RawSocket) : null;
}
