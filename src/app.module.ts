import { type DynamicModule, Module } from '@nestjs/common';
import type { DestinationStream } from 'pino';
import { AdminModule } from './admin/admin.module.js';
import { AttachmentsModule } from './attachments/attachments.module.js';
import { BlocksModule } from './blocks/blocks.module.js';
import { ChatsModule } from './chats/chats.module.js';
import { ClusterModule } from './cluster/cluster.module.js';
import type { ClusterLink } from './cluster/cluster-link.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import type { Database } from './database/open-database.js';
import { DocumentsModule } from './documents/documents.module.js';
import { GroupsModule } from './groups/groups.module.js';
import { HealthModule } from './health/health.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { loggingModule } from './logging/logging.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { RawWebSocketModule } from './raw-websocket/raw-websocket.module.js';
import { ReceiptsModule } from './receipts/receipts.module.js';
import { RedisModule } from './redis/redis.module.js';
import type { RedisClients } from './redis/redis-clients.js';
import { ReportsModule } from './reports/reports.module.js';
import { RestModule } from './rest/rest.module.js';
import { SearchModule } from './search/search.module.js';
import { SocketModule } from './socket/socket.module.js';
import { TypingModule } from './typing/typing.module.js';

interface Resources {
  config: Config;
  database: Database;
  redis: RedisClients | null;
  link: ClusterLink | null;
  logDestination: DestinationStream | undefined;
}

/** Wiring only. What is opened elsewhere comes in; nothing is opened here. */
@Module({})
export class AppModule {
  static with({ config, database, redis, link, logDestination }: Resources): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        loggingModule(config, logDestination),
        DatabaseModule.with(database),
        RedisModule.with(redis),
        ClusterModule.with(link),
        SocketModule,
        RawWebSocketModule,
        RestModule,
        AttachmentsModule,
        MessagesModule,
        TypingModule,
        PresenceModule,
        ReceiptsModule,
        ChatsModule,
        InboxModule,
        GroupsModule,
        BlocksModule,
        ReportsModule,
        SearchModule,
        AdminModule,
        HealthModule,
        DocumentsModule,
      ],
    };
  }
}
