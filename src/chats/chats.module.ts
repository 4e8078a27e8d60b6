import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { MembersModule } from '../members/members.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { TypingModule } from '../typing/typing.module.js';
import { ChatClosing } from './chat-closing.js';
import { ChatsGateway } from './chats.gateway.js';
import { ChatsRepository } from './chats.repository.js';
import { ChatsService } from './chats.service.js';

@Module({
  imports: [DeliveryModule, MembersModule, MessagesModule, PresenceModule, ProfilesModule, TypingModule],
  providers: [ChatsGateway, ChatsService, ChatsRepository, ChatClosing],
  exports: [ChatsService, ChatsRepository, ChatClosing],
})
export class ChatsModule {}
