import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';
import { CommandRegistry } from './command-registry.js';
import { CommandRunner } from './command-runner.js';
import { Intake } from './intake.js';

@Module({
  imports: [DiscoveryModule, RateLimitModule],
  providers: [CommandRegistry, CommandRunner, Intake],
  exports: [CommandRunner, Intake],
})
export class CommandsModule {}
