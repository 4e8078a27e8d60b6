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
   * Takes one message of a user's quota; nothing for other commands.
   *
   * @throws ChatError `RATE_LIMITED` with `retryAfterMs`, as a rejection
   */
  async take(dialect: Dialect, command: CommandName, userId: string): Promise<void> {
    if (command === 'message:send') {
      await this.limiters.get(dialect)?.consume(userId, commands[command].operation);
    }
  }
}
