import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError, type CommandName, commands, errorCodes } from '../contract/index.js';
import { dialectOf } from '../dialects/catalogue.js';
import type { Dialect } from '../dialects/dialect.js';
import { RateLimiter } from '../rate-limit/rate-limiter.js';
import type { UserRateLimiter } from '../rate-limit/user-rate-limiter.js';

const MINUTE_SECONDS = 60;

/** How many messages users may send in dialects that say so; besides the limit that the deployment has for everybody. */
@Injectable()
export class DialectQuotas {
  private readonly limiters: ReadonlyMap<Dialect, UserRateLimiter>;

  constructor(@Inject(CONFIG) config: Config, rateLimiter: RateLimiter) {
    this.limiters = new Map(
      config.dialects.enabled.flatMap((name) => {
        const dialect = dialectOf(name);
        const messages = dialect.messagesPerMinute;
        return messages === undefined ? [] : [[dialect, rateLimiter.besides(name, messages, MINUTE_SECONDS)]];
      }),
    );
  }

  /**
   * Runs a command within a user's quota: a message takes one of it, which the user has back where the message was refused. Other
   * commands take nothing, nor does what the command will refuse whoever sends it.
   *
   * @param run is given what takes the place: called with the payload as the command is given it, it hands it back, or rejects with
   * ChatError `RATE_LIMITED`, with `retryAfterMs` and `messagesPerMinute` in `details`
   */
  async within<T>(
    dialect: Dialect,
    command: CommandName,
    userId: string,
    run: (take: (payload: unknown) => Promise<unknown>) => Promise<T>,
  ): Promise<T> {
    const limiter = command === 'message:send' ? this.limiters.get(dialect) : undefined;
    if (limiter === undefined) {
      return run(async (payload) => payload);
    }
    let takenAt: number | null = null;
    const take = async (payload: unknown): Promise<unknown> => {
      if (saysSomething(payload)) {
        await this.consume(limiter, dialect, userId);
        takenAt = performance.now();
      }
      return payload;
    };
    try {
      return await run(take);
    } catch (thrown) {
      if (takenAt !== null && isRefusal(thrown)) {
        limiter.giveBack(userId, takenAt);
      }
      throw thrown;
    }
  }

  private async consume(limiter: UserRateLimiter, { messagesPerMinute }: Dialect, userId: string): Promise<void> {
    const { operation } = commands['message:send'];
    try {
      await limiter.consume(userId, operation);
    } catch (thrown) {
      if (!(thrown instanceof ChatError) || thrown.retryAfterMs === undefined) {
        throw thrown;
      }
      const reason = `this dialect takes ${messagesPerMinute} messages a minute; wait retryAfterMs and send it again`;
      const { retryAfterMs } = thrown;
      throw new ChatError('RATE_LIMITED', operation, reason, { retryAfterMs, details: { messagesPerMinute } });
    }
  }
}

/** Whether a message was not stored, and would not be the next time: where the service has failed it may be stored, or yet be. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof ChatError && !errorCodes[thrown.code].retryable;
}

/** Whether a payload may become a message. What is taken for one that does not is a message that the user cannot send. */
function saysSomething(payload: unknown): boolean {
  const { success, data } = commands['message:send'].payload.safeParse(payload);
  return success && (data.text.trim() !== '' || (data.attachments?.length ?? 0) > 0);
}
