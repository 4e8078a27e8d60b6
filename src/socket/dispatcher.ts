import { Injectable } from '@nestjs/common';
import { CommandRunner } from '../commands/command-runner.js';
import { Intake } from '../commands/intake.js';
import { type Ack, type ChatError, commands } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';
import type { Dialect } from '../dialects/dialect.js';
import { DialectDispatcher } from './dialect-dispatcher.js';
import { operationOf, SocketCommands } from './socket-commands.js';

type AckCallback = (answer: Ack<unknown>) => void;

/**
 * Takes every event a client sends, by whatever name, and answers it exactly once: through the ack callback where
 * there is one, else failures as the event `error`.
 */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly socketCommands: SocketCommands,
    private readonly runner: CommandRunner,
    private readonly intake: Intake,
    private readonly delivery: Delivery,
    private readonly dialects: DialectDispatcher,
  ) {}

  /**
   * Makes the dispatcher the only listener of a socket. A middleware that never calls on keeps events away from the
   * socket's own emitter, where a client's `error` would end the process and `disconnect` would fake one.
   */
  listen(socket: ChatSocket): void {
    socket.use((packet: unknown[]) => void this.dispatch(socket, packet));
  }

  /** Never rejects. */
  private dispatch(socket: ChatSocket, [name, ...args]: unknown[]): Promise<void> {
    const event = String(name);
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as AckCallback) : null;
    const sent = ack === null ? args : args.slice(0, -1);
    this.intake.begin();
    const { dialect } = socket.data;
    return dialect === undefined
      ? this.answer(socket, event, sent[0], ack)
      : this.answerInDialect(socket, dialect, event, sent, ack);
  }

  private async answer(socket: ChatSocket, event: string, payload: unknown, ack: AckCallback | null): Promise<void> {
    try {
      this.succeed(socket, event, await this.socketCommands.run(socket, event, payload), ack);
    } catch (error) {
      this.fail(socket, event, this.runner.fault(error, event, operationOf(event)), ack);
    } finally {
      this.intake.end();
    }
  }

  private async answerInDialect(
    socket: ChatSocket,
    dialect: Dialect,
    event: string,
    args: readonly unknown[],
    ack: AckCallback | null,
  ): Promise<void> {
    try {
      const answer = await this.dialects.dispatch(socket, dialect, event, args);
      ack?.(answer);
    } finally {
      this.intake.end();
    }
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
