import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { ReceiptsService } from './receipts.service.js';

@Injectable()
export class ReceiptsGateway {
  constructor(private readonly receipts: ReceiptsService) {}

  @Command('message:read')
  async read(
    { session }: CommandContext,
    { chatId, ...receipt }: CommandPayload<'message:read'>,
  ): Promise<CommandData<'message:read'>> {
    return this.receipts.read(session.userId, chatId, receipt);
  }

  @Command('message:delivered')
  async delivered(
    { session }: CommandContext,
    { chatId, ...receipt }: CommandPayload<'message:delivered'>,
  ): Promise<CommandData<'message:delivered'>> {
    return this.receipts.delivered(session.userId, chatId, receipt);
  }
}
