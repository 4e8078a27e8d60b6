import { Module } from '@nestjs/common';
import { ChatsModule } from '../chats/chats.module.js';
import { CommandsModule } from '../commands/commands.module.js';
import { GroupsModule } from '../groups/groups.module.js';
import { MembersModule } from '../members/members.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { RestModule } from '../rest/rest.module.js';
import { SocketModule } from '../socket/socket.module.js';
import { AdminApi } from './admin-api.js';
import { AdminHandlerTable } from './admin-handlers.js';
import { UserChats } from './user-chats.js';
import { UserErasure } from './user-erasure.service.js';
import { UserExport } from './user-export.service.js';
import { UserRecordsRepository } from './user-records.repository.js';

@Module({
  imports: [ChatsModule, CommandsModule, GroupsModule, MembersModule, MessagesModule, RestModule, SocketModule],
  providers: [AdminApi, AdminHandlerTable, UserChats, UserErasure, UserExport, UserRecordsRepository],
})
export class AdminModule {}
