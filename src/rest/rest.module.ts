import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CommandsModule } from '../commands/commands.module.js';
import { TranslationModule } from '../translation/translation.module.js';
import { DialectRoutes } from './dialect-routes.js';
import { RestApi } from './rest-api.js';

@Module({
  imports: [AuthModule, CommandsModule, TranslationModule],
  providers: [DialectRoutes, RestApi],
  exports: [RestApi],
})
export class RestModule {}
