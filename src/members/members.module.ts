import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { ChatAudience } from './chat-audience.js';
import { MembersRepository } from './members.repository.js';
import { Membership } from './membership.js';
import { RemovalSweep } from './removal-sweep.js';

@Module({
  imports: [DeliveryModule],
  providers: [MembersRepository, Membership, ChatAudience, RemovalSweep],
  exports: [MembersRepository, Membership, ChatAudience],
})
export class MembersModule {}
