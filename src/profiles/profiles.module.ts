import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ProfileKeeper } from './profile-keeper.js';
import { ProfilesRepository } from './profiles.repository.js';
import { ProfilesService } from './profiles.service.js';

@Module({
  imports: [AuthModule],
  providers: [ProfilesService, ProfilesRepository, ProfileKeeper],
  exports: [ProfilesService],
})
export class ProfilesModule {}
