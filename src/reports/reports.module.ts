import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { ReportsGateway } from './reports.gateway.js';
import { ReportsRepository } from './reports.repository.js';
import { ReportsService } from './reports.service.js';

@Module({
  imports: [MembersModule],
  providers: [ReportsGateway, ReportsService, ReportsRepository],
})
export class ReportsModule {}
