import { Injectable } from '@nestjs/common';
import { ChatError, type ChatSettings, type CommandPayload } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { toWireSettings } from '../members/member.js';
import { SettingsRepository } from './settings.repository.js';
import { toSettingsChange } from './settings-change.js';

type WantedSettings = Omit<CommandPayload<'chat:settings'>, 'chatId'>;

/** What a user makes of a chat for himself: archived, hidden, muted. The other members learn nothing of it. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly repository: SettingsRepository,
    private readonly delivery: Delivery,
  ) {}

  /**
   * Membership is checked inside the write. All of the user's sockets are told of a change.
   *
   * @throws ChatError `CHAT_NOT_FOUND`
   */
  async change(userId: string, { chatId, ...wanted }: CommandPayload<'chat:settings'>): Promise<ChatSettings> {
    return this.apply(userId, chatId, wanted, 'change chat settings');
  }

  /**
   * What frontends call deleting a conversation: for this user alone, until the chat goes on.
   *
   * @throws ChatError `CHAT_NOT_FOUND`
   */
  async hide(userId: string, chatId: string): Promise<ChatSettings> {
    return this.apply(userId, chatId, { hidden: true }, 'hide chat');
  }

  private async apply(
    userId: string,
    chatId: string,
    wanted: WantedSettings,
    operation: string,
  ): Promise<ChatSettings> {
    const outcome = await this.repository.change(chatId, userId, toSettingsChange(wanted, new Date()));
    if (outcome === undefined) {
      throw ChatError.chatNotFound(operation);
    }
    const settings = toWireSettings(chatId, outcome.settings);
    if (outcome.changed) {
      this.delivery.chatSettings(userId, settings);
    }
    return settings;
  }
}
