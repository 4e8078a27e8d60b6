import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { MembersModule } from '../members/members.module.js';
import { ReceiptsGateway } from './receipts.gateway.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { ReceiptsService } from './receipts.service.js';

@Module({
  imports: [DeliveryModule, MembersModule],
  providers: [ReceiptsGateway, ReceiptsService, ReceiptsRepository],
})
export class ReceiptsModule {}
