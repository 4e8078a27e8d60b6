import { type DynamicModule, Module } from '@nestjs/common';
import type { RedisClients } from './redis-clients.js';

/** Injection token of {@link RedisClients}, or of `null` where the service runs on memory. */
export const REDIS = Symbol('redis');

/** Hands out the Redis connections. Whoever made them closes them: the shutdown order is not Nest's to choose. */
@Module({})
export class RedisModule {
  static with(clients: RedisClients | null): DynamicModule {
    return {
      module: RedisModule,
      global: true,
      providers: [{ provide: REDIS, useValue: clients }],
      exports: [REDIS],
    };
  }
}
