import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { type CommandName, commands } from '../contract/index.js';
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
   * Takes one message of a user's quota; nothing for other commands, nor for what the command will refuse whoever sends it.
   *
   * @param payload as the command is given it
   * @throws ChatError `RATE_LIMITED` with `retryAfterMs`, as a rejection
   */
  async take(dialect: Dialect, command: CommandName, payload: unknown, userId: string): Promise<void> {
    const limiter = command === 'message:send' ? this.limiters.get(dialect) : undefined;
    if (limiter !== undefined && saysSomething(payload)) {
      await limiter.consume(userId, commands[command].operation);
    }
  }
}

/** Whether a payload may become a message. What is taken for one that does not is a message that the user cannot send. */
function saysSomething(payload: unknown): boolean {
  const { success, data } = commands['message:send'].payload.safeParse(payload);
  return success && (data.text.trim() !== '' || (data.attachments?.length ?? 0) > 0);
}
