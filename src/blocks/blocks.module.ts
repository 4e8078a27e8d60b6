import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { BlocksGateway } from './blocks.gateway.js';
import { BlocksRepository } from './blocks.repository.js';
import { BlocksService } from './blocks.service.js';

@Module({
  imports: [DeliveryModule, PresenceModule],
  providers: [BlocksGateway, BlocksService, BlocksRepository],
})
export class BlocksModule {}
