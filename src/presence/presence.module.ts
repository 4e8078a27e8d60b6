import { Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { SocketModule } from '../socket/socket.module.js';
import { MemoryPresenceStore } from './memory-presence.store.js';
import { OnlineUsers } from './online-users.js';
import { PresenceGateway } from './presence.gateway.js';
import { PresenceRepository } from './presence.repository.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';
import { PresenceAnnouncer } from './presence-announcer.js';
import { RedisPresenceStore } from './redis-presence.store.js';

@Module({
  imports: [DeliveryModule, SocketModule],
  providers: [
    PresenceGateway,
    PresenceService,
    PresenceAnnouncer,
    PresenceRepository,
    OnlineUsers,
    {
      provide: PresenceStore,
      inject: [CONFIG, REDIS],
      useFactory: ({ presence }: Config, redis: RedisClients | null) =>
        redis === null
          ? new MemoryPresenceStore(presence.ttlSeconds)
          : new RedisPresenceStore(redis.commands, presence.ttlSeconds),
    },
  ],
  exports: [PresenceService],
})
export class PresenceModule {}
