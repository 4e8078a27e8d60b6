import { Inject, Injectable } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';

/** Longer delays overflow Node's timers and would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/** Watches the `exp` of every connection: announces it, and closes the connection when the grace time passes unused. */
@Injectable()
export class TokenExpiry {
  private readonly timers = new WeakMap<ChatSocket, NodeJS.Timeout>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly delivery: Delivery,
  ) {}

  /** Starts, or after a refresh moves, the watch over a socket. */
  watch(socket: ChatSocket, session: Session): void {
    this.forget(socket);
    const remaining = session.expiresAt - Date.now();
    this.arm(socket, Math.min(Math.max(remaining, 0), MAX_TIMER_MS), () => {
      if (session.expiresAt > Date.now()) {
        this.watch(socket, session);
      } else {
        this.expire(socket);
      }
    });
  }

  forget(socket: ChatSocket): void {
    clearTimeout(this.timers.get(socket));
    this.timers.delete(socket);
  }

  private expire(socket: ChatSocket): void {
    this.delivery.tokenExpired(socket);
    this.arm(socket, this.config.auth.expiryGraceSeconds * 1_000, () => socket.disconnect(true));
  }

  private arm(socket: ChatSocket, delayMs: number, action: () => void): void {
    this.timers.set(socket, setTimeout(action, delayMs).unref());
  }
}
