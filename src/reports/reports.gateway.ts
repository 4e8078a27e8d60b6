import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { ReportsService } from './reports.service.js';

@Injectable()
export class ReportsGateway {
  constructor(private readonly reports: ReportsService) {}

  @Command('message:report')
  async report(
    { session }: CommandContext,
    payload: CommandPayload<'message:report'>,
  ): Promise<CommandData<'message:report'>> {
    return this.reports.report(session.userId, payload);
  }
}
