import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { MessageAnnouncer } from './message-announcer.js';
import { MessagesGateway } from './messages.gateway.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';

@Module({
  imports: [DeliveryModule, MembersModule, ProfilesModule],
  providers: [MessagesGateway, MessagesService, MessagesRepository, MessageAnnouncer],
  exports: [MessagesService, MessagesRepository, MessageAnnouncer],
})
export class MessagesModule {}
