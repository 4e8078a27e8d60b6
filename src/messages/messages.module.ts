import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { AuthoredMessagesRepository } from './authored-messages.repository.js';
import { ChatWrites } from './chat-writes.js';
import { GivenReactionsRepository } from './given-reactions.repository.js';
import { MessageAnnouncer } from './message-announcer.js';
import { MessageChangesService } from './message-changes.service.js';
import { MessagesGateway } from './messages.gateway.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';

@Module({
  imports: [DeliveryModule, MembersModule, ProfilesModule],
  providers: [
    MessagesGateway,
    MessagesService,
    MessageChangesService,
    ChatWrites,
    MessagesRepository,
    MessageAnnouncer,
    AuthoredMessagesRepository,
    GivenReactionsRepository,
  ],
  exports: [
    MessagesService,
    MessageChangesService,
    ChatWrites,
    MessagesRepository,
    MessageAnnouncer,
    AuthoredMessagesRepository,
    GivenReactionsRepository,
  ],
})
export class MessagesModule {}
