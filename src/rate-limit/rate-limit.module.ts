import { Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { RateLimiter } from './rate-limiter.js';

@Module({
  providers: [
    {
      provide: RateLimiter,
      inject: [CONFIG, REDIS],
      useFactory: (config: Config, redis: RedisClients | null) => new RateLimiter(config.rateLimit, redis),
    },
  ],
  exports: [RateLimiter],
})
export class RateLimitModule {}
