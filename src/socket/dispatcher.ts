import { Injectable } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import { CommandRunner } from '../commands/command-runner.js';
import { Intake } from '../commands/intake.js';
import { type Ack, ChatError, type CommandName, commands, isCommandName } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';

type AckCallback = (answer: Ack<unknown>) => void;

/**
 * Takes every event a client sends, by whatever name, and answers it exactly once: through the ack callback where
 * there is one, else failures as the event `error`.
 */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly runner: CommandRunner,
    private readonly intake: Intake,
    private readonly delivery: Delivery,
  ) {}

  /**
   * Makes the dispatcher the only listener of a socket. A middleware that never calls on keeps events away from the
   * socket's own emitter, where a client's `error` would end the process and `disconnect` would fake one.
   */
  listen(socket: ChatSocket): void {
    socket.use((packet: unknown[]) => void this.dispatch(socket, packet));
  }

  private async dispatch(socket: ChatSocket, [name, ...args]: unknown[]): Promise<void> {
    const event = String(name);
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as AckCallback) : null;
    const payload = args.length > (ack === null ? 0 : 1) ? args[0] : undefined;
    const operation = isCommandName(event) ? commands[event].operation : 'run command';
    this.intake.begin();
    try {
      const data = await this.run(socket, event, payload, operation);
      this.succeed(socket, event, data, ack);
    } catch (error) {
      this.fail(socket, event, this.runner.fault(error, event, operation), ack);
    } finally {
      this.intake.end();
    }
  }

  private async run(socket: ChatSocket, event: string, payload: unknown, operation: string): Promise<unknown> {
    const session = this.authorise(socket, event, operation);
    this.intake.requireOpen(operation);
    const limited = this.runner.limit(event, session.userId, operation);
    if (limited !== undefined) {
      await limited;
    }
    if (!isCommandName(event)) {
      throw new ChatError('UNKNOWN_EVENT', operation, 'no command has this name; see the protocol');
    }
    return this.runner.execute(event, { session, socket }, payload);
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
    if (ack !== null) {
      ack({ success: false, error: error.toFailure() });
    } else {
      this.delivery.commandFailed(socket, event.slice(0, 128), error);
    }
  }
}
