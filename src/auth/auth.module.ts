import { Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { Authenticator } from './authenticator.js';
import { MarketplaceClient } from './marketplace-client.js';
import { MemorySessionCache } from './memory-session-cache.js';
import { RedisSessionCache } from './redis-session-cache.js';
import { SessionCache } from './session-cache.js';
import { SessionCuts } from './session-cuts.js';

@Module({
  providers: [
    Authenticator,
    SessionCuts,
    {
      provide: MarketplaceClient,
      inject: [CONFIG],
      useFactory: (config: Config) => new MarketplaceClient(config.auth),
    },
    {
      provide: SessionCache,
      inject: [REDIS],
      useFactory: (redis: RedisClients | null) =>
        redis === null ? new MemorySessionCache() : new RedisSessionCache(redis.commands),
    },
  ],
  exports: [Authenticator, SessionCuts],
})
export class AuthModule {}
