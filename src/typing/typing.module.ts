import { Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { MembersModule } from '../members/members.module.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { SocketModule } from '../socket/socket.module.js';
import { MemoryTypingStore } from './memory-typing.store.js';
import { RedisTypingStore } from './redis-typing.store.js';
import { TypingGateway } from './typing.gateway.js';
import { TypingService } from './typing.service.js';
import { TypingStore } from './typing.store.js';

@Module({
  imports: [DeliveryModule, MembersModule, SocketModule],
  providers: [
    TypingGateway,
    TypingService,
    {
      provide: TypingStore,
      inject: [CONFIG, REDIS],
      useFactory: ({ typing }: Config, redis: RedisClients | null) =>
        redis === null
          ? new MemoryTypingStore(typing.ttlSeconds)
          : new RedisTypingStore(redis.commands, typing.ttlSeconds),
    },
  ],
  exports: [TypingService],
})
export class TypingModule {}
