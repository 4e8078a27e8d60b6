import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Config } from '../config/config.js';
import type { RateClass } from '../contract/index.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { UserRateLimiter } from './user-rate-limiter.js';

/** The per-user limits, one per class of commands. */
export class RateLimiter {
  private readonly limiters: Record<RateClass, UserRateLimiter>;

  constructor(
    { messages, commands, searches, windowSeconds }: Config['rateLimit'],
    private readonly redis: RedisClients | null,
  ) {
    this.limiters = {
      message: this.besides('message', messages, windowSeconds),
      command: this.besides('command', commands, windowSeconds),
      search: this.besides('search', searches, windowSeconds),
    };
  }

  /**
   * A limit of its own, besides those of the classes.
   *
   * @param name tells it apart in Redis
   * @param points how many a user has in a window
   */
  besides(name: string, points: number, windowSeconds: number): UserRateLimiter {
    const options = { keyPrefix: `chat:rate:${name}`, points, duration: windowSeconds };
    const memory = new RateLimiterMemory(options);
    return new UserRateLimiter(
      this.redis === null
        ? memory
        : // Redis away: each instance counts for itself, which is laxer than planned but never open.
          new RateLimiterRedis({ ...options, storeClient: this.redis.commands, insuranceLimiter: memory }),
    );
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
