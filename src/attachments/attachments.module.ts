import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { UploadsGateway } from './uploads.gateway.js';
import { UploadsService } from './uploads.service.js';

@Module({ imports: [MembersModule], providers: [UploadsGateway, UploadsService] })
export class AttachmentsModule {}
