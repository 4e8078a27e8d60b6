import { Injectable, Logger } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import { type Ack, ChatError, type CommandName, commands, isCommandName } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';
import { OccasionalLog } from '../logging/occasional-log.js';
import { RateLimiter } from '../rate-limit/rate-limiter.js';
import { CommandRegistry } from './command-registry.js';
import { toChatError, validationFailure } from './failure.js';

type AckCallback = (answer: Ack<unknown>) => void;

/**
 * Takes every event a client sends, by whatever name, and answers it exactly once: through the ack callback where
 * there is one, else failures as the event `error`.
 */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  /** While the database is away, every command of every client fails for the same reason. */
  private readonly outages = new OccasionalLog((facts, message) => this.logger.warn(facts, message));
  private running = 0;
  private draining = false;
  private idleWaiters: (() => void)[] = [];

  constructor(
    private readonly registry: CommandRegistry,
    private readonly rateLimiter: RateLimiter,
    private readonly delivery: Delivery,
  ) {}

  /**
   * Makes the dispatcher the only listener of a socket. A middleware that never calls on keeps events away from the
   * socket's own emitter, where a client's `error` would end the process and `disconnect` would fake one.
   */
  listen(socket: ChatSocket): void {
    socket.use((packet: unknown[]) => void this.dispatch(socket, packet));
  }

  /** From now on commands are refused as retryable; resolves when those under way are answered. */
  drain(): Promise<void> {
    this.draining = true;
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  private async dispatch(socket: ChatSocket, [name, ...args]: unknown[]): Promise<void> {
    const event = String(name);
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as AckCallback) : null;
    const payload = args.length > (ack === null ? 0 : 1) ? args[0] : undefined;
    const operation = isCommandName(event) ? commands[event].operation : 'run command';
    this.running++;
    try {
      const data = await this.run(socket, event, payload, operation);
      this.succeed(socket, event, data, ack);
    } catch (error) {
      this.fail(socket, event, toChatError(error, operation), ack);
    } finally {
      this.running--;
      if (this.running === 0) {
        for (const resolve of this.idleWaiters.splice(0)) {
          resolve();
        }
      }
    }
  }

  private async run(socket: ChatSocket, event: string, payload: unknown, operation: string): Promise<unknown> {
    const session = this.authorise(socket, event, operation);
    if (this.draining) {
      throw new ChatError('UNAVAILABLE', operation, 'this instance is going away; reconnect and send it again');
    }
    const rate = isCommandName(event) ? commands[event].rate : 'command';
    const limited = this.rateLimiter.consume(rate, session.userId, operation);
    if (limited !== undefined) {
      await limited;
    }
    if (!isCommandName(event)) {
      throw new ChatError('UNKNOWN_EVENT', operation, 'no command has this name; see the protocol');
    }
    const parsed = commands[event].payload.safeParse(payload);
    if (!parsed.success) {
      throw validationFailure(parsed.error, operation);
    }
    return this.registry.handlerOf(event)({ session, socket }, parsed.data);
  }

  /** No I/O: the token was vouched for when the session was made, its `exp` is compared here on every command. */
  private authorise(socket: ChatSocket, event: string, operation: string): Session {
    const { session } = socket.data;
    if (session === undefined) {
      throw new ChatError('TOKEN_REQUIRED', operation, 'the connection is not authenticated');
    }
    const refreshing: CommandName = 'auth:refresh-token';
    if (session.expiresAt <= Date.now() && event !== refreshing) {
      throw new ChatError('TOKEN_EXPIRED', operation, 'the token expired; send auth:refresh-token first');
    }
    return session;
  }

  private succeed(socket: ChatSocket, event: string, data: unknown, ack: AckCallback | null): void {
    if (ack !== null) {
      ack({ success: true, data });
    } else if (event === 'users:online') {
      this.delivery.onlineUsers(socket, commands[event].data.parse(data));
    }
  }

  private fail(socket: ChatSocket, event: string, error: ChatError, ack: AckCallback | null): void {
    if (error.code === 'INTERNAL') {
      this.logger.error({ err: error.cause ?? error, event }, 'command failed');
    } else if (error.code === 'UNAVAILABLE' && error.cause !== undefined) {
      this.outages.tell({ err: error.cause, event }, 'command failed; a store is out of reach');
    }
    if (ack !== null) {
      ack({ success: false, error: error.toFailure() });
    } else {
      this.delivery.commandFailed(socket, event.slice(0, 128), error);
    }
  }
}
