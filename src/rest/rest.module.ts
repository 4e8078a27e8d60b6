import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CommandsModule } from '../commands/commands.module.js';
import { RestApi } from './rest-api.js';

@Module({
  imports: [AuthModule, CommandsModule],
  providers: [RestApi],
  exports: [RestApi],
})
export class RestModule {}
