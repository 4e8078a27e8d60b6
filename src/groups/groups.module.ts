import { Module } from '@nestjs/common';
import { ChatsModule } from '../chats/chats.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { MembersModule } from '../members/members.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { TypingModule } from '../typing/typing.module.js';
import { GroupsGateway } from './groups.gateway.js';
import { GroupsRepository } from './groups.repository.js';
import { GroupsService } from './groups.service.js';

@Module({
  imports: [ChatsModule, DeliveryModule, MembersModule, MessagesModule, TypingModule],
  providers: [GroupsGateway, GroupsService, GroupsRepository],
  exports: [GroupsService],
})
export class GroupsModule {}
