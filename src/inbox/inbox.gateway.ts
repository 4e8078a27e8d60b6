import { Injectable } from '@nestjs/common';
import { Command, type CommandContext } from '../commands/command.js';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { InboxService } from './inbox.service.js';
import { SettingsService } from './settings.service.js';

@Injectable()
export class InboxGateway {
  constructor(
    private readonly inbox: InboxService,
    private readonly settings: SettingsService,
  ) {}

  @Command('chat:list')
  async list({ session }: CommandContext, page: CommandPayload<'chat:list'>): Promise<CommandData<'chat:list'>> {
    return this.inbox.list(session.userId, page);
  }

  @Command('chat:unread-count')
  async unreadCount({ session }: CommandContext): Promise<CommandData<'chat:unread-count'>> {
    return this.inbox.unreadCount(session.userId);
  }

  @Command('chat:settings')
  async change(
    { session }: CommandContext,
    payload: CommandPayload<'chat:settings'>,
  ): Promise<CommandData<'chat:settings'>> {
    return this.settings.change(session.userId, payload);
  }

  @Command('chat:hide')
  async hide({ session }: CommandContext, { chatId }: CommandPayload<'chat:hide'>): Promise<CommandData<'chat:hide'>> {
    return this.settings.hide(session.userId, chatId);
  }
}
