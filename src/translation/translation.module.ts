import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { ChatNumbersRepository } from './chat-numbers.repository.js';
import { EnabledDialects } from './enabled-dialects.js';
import { FactFinder } from './facts.js';
import { Interpreter } from './interpreter.js';
import { Speech } from './speech.js';

@Module({
  imports: [AuthModule, ProfilesModule],
  providers: [ChatNumbersRepository, EnabledDialects, FactFinder, Interpreter, Speech],
  exports: [EnabledDialects, FactFinder, Interpreter, Speech],
})
export class TranslationModule {}
