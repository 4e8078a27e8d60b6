import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Config } from '../config/config.js';
import type { RateClass } from '../contract/index.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { UserRateLimiter } from './user-rate-limiter.js';

/** The per-user limits, one per class of commands. */
export class RateLimiter {
  private readonly limiters: Record<RateClass, UserRateLimiter>;

  constructor(limits: Config['rateLimit'], redis: RedisClients | null) {
    const limiter = (rate: RateClass, points: number): UserRateLimiter => {
      const options = { keyPrefix: `chat:rate:${rate}`, points, duration: limits.windowSeconds };
      const memory = new RateLimiterMemory(options);
      return new UserRateLimiter(
        redis === null
          ? memory
          : // Redis away: each instance counts for itself, which is laxer than planned but never open.
            new RateLimiterRedis({ ...options, storeClient: redis.commands, insuranceLimiter: memory }),
      );
    };
    this.limiters = { message: limiter('message', limits.messages), command: limiter('command', limits.commands) };
  }

  /**
   * Takes one point of a user's limit, synchronously in most cases.
   *
   * @param operation completes "unable to …" in the error
   * @throws ChatError `RATE_LIMITED` with `retryAfterMs`
   */
  consume(rate: RateClass, userId: string, operation: string): Promise<void> | undefined {
    return this.limiters[rate].consume(userId, operation);
  }
}
