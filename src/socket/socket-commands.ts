import { Injectable } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import { CommandRunner } from '../commands/command-runner.js';
import { Intake } from '../commands/intake.js';
import { ChatError, type CommandName, commands, isCommandName } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';

/** Completes "unable to …" in the errors of whatever a client sends. */
export function operationOf(event: string): string {
  return isCommandName(event) ? commands[event].operation : 'run command';
}

interface RunOptions {
  /** Puts the payload into the command's form, once it is clear that the command may be run. */
  prepare?: (payload: unknown) => Promise<unknown>;
  /** Whether its price was taken with that of a command that it follows from. */
  isPaid?: boolean;
}

/** The one way in which a socket's commands are run, in whatever words they came. */
@Injectable()
export class SocketCommands {
  constructor(
    private readonly runner: CommandRunner,
    private readonly intake: Intake,
  ) {}

  /** @throws ChatError, or whatever the command's handler throws */
  async run(
    socket: ChatSocket,
    event: string,
    payload: unknown,
    { prepare, isPaid = false }: RunOptions = {},
  ): Promise<unknown> {
    const operation = operationOf(event);
    const session = this.authorise(socket, event, operation);
    this.intake.requireOpen(operation);
    const limited = isPaid ? undefined : this.runner.limit(event, session.userId, operation);
    if (limited !== undefined) {
      await limited;
    }
    if (!isCommandName(event)) {
      throw new ChatError('UNKNOWN_EVENT', operation, 'no command has this name; see the protocol');
    }
    const prepared = prepare === undefined ? payload : await prepare(payload);
    return this.runner.execute(event, { session, socket }, prepared);
  }

  /**
   * Takes the price of a command for words that run none.
   *
   * @throws ChatError as {@link run} would
   */
  async charge(socket: ChatSocket, event: string): Promise<void> {
    const operation = operationOf(event);
    const { userId } = this.authorise(socket, event, operation);
    this.intake.requireOpen(operation);
    await this.runner.limit(event, userId, operation);
  }

  /** No I/O: the token was vouched for when the session was made, its `exp` is compared here on every command. */
  private authorise(socket: ChatSocket, event: string, operation: string): Session {
    const { session, dialect } = socket.data;
    if (session === undefined) {
      throw new ChatError('TOKEN_REQUIRED', operation, 'the connection is not authenticated');
    }
    const refreshing: CommandName = 'auth:refresh-token';
    if (session.expiresAt <= Date.now() && event !== refreshing) {
      const renewal = dialect?.renewal ?? 'send auth:refresh-token first';
      throw new ChatError('TOKEN_EXPIRED', operation, `the token expired; ${renewal}`);
    }
    return session;
  }
}
