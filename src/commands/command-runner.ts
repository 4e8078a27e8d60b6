import { Injectable, Logger } from '@nestjs/common';
import { type ChatError, type CommandName, commands, isCommandName, type RoutedCommand } from '../contract/index.js';
import { OccasionalLog } from '../logging/occasional-log.js';
import { RateLimiter } from '../rate-limit/rate-limiter.js';
import type { CommandContext, SocketContext } from './command.js';
import { CommandRegistry } from './command-registry.js';
import { toChatError, validationFailure } from './failure.js';

/** What sockets and HTTP do alike with a command, so that neither can be laxer than the other. */
@Injectable()
export class CommandRunner {
  private readonly logger = new Logger(CommandRunner.name);
  /** While the database is away, every command of every client fails for the same reason. */
  private readonly outages = new OccasionalLog((facts, message) => this.logger.warn(facts, message));

  constructor(
    private readonly registry: CommandRegistry,
    private readonly rateLimiter: RateLimiter,
  ) {}

  /**
   * Takes one point of the user's limit, synchronously in most cases. Unknown names cost points too.
   *
   * @throws ChatError `RATE_LIMITED` with `retryAfterMs`
   */
  limit(name: string, userId: string, operation: string): Promise<void> | undefined {
    return this.rateLimiter.consume(isCommandName(name) ? commands[name].rate : 'command', userId, operation);
  }

  /**
   * Validates a payload and runs the command's handler. The caller has authenticated the session and taken its point.
   *
   * @throws ChatError `VALIDATION_FAILED` at once; whatever the use case throws, as a rejection
   */
  execute(name: CommandName, context: SocketContext, payload: unknown): Promise<unknown>;
  execute(name: RoutedCommand, context: CommandContext, payload: unknown): Promise<unknown>;
  execute(name: CommandName, context: CommandContext, payload: unknown): Promise<unknown> {
    const parsed = commands[name].payload.safeParse(payload);
    if (!parsed.success) {
      throw validationFailure(parsed.error, commands[name].operation);
    }
    return this.registry.handlerOf(name)(context, parsed.data);
  }

  /** What the client is told of something thrown; what the operator must know of it goes to the log. */
  fault(thrown: unknown, name: string, operation: string): ChatError {
    const error = toChatError(thrown, operation);
    if (error.code === 'INTERNAL') {
      this.logger.error({ err: error.cause ?? error, event: name }, 'command failed');
    } else if (error.code === 'UNAVAILABLE' && error.cause !== undefined) {
      this.outages.tell({ err: error.cause, event: name }, 'command failed; a store is out of reach');
    }
    return error;
  }
}
