import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { InboxGateway } from './inbox.gateway.js';
import { InboxRepository } from './inbox.repository.js';
import { InboxService } from './inbox.service.js';
import { SettingsRepository } from './settings.repository.js';
import { SettingsService } from './settings.service.js';

@Module({
  imports: [DeliveryModule, PresenceModule, ProfilesModule],
  providers: [InboxGateway, InboxService, InboxRepository, SettingsService, SettingsRepository],
  exports: [InboxService, SettingsService],
})
export class InboxModule {}
