import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError } from '../contract/index.js';
import { isTransientDatabaseFailure } from '../database/transient-failure.js';
import { MessageAnnouncer } from './message-announcer.js';
import { MessagesRepository } from './messages.repository.js';
import { UncertainWrites } from './uncertain-writes.js';

type ChangeListener = (chatId: string) => void;

/** What all writes of messages have in common: who hears of them, and what becomes of those whose outcome is unknown. */
@Injectable()
export class ChatWrites implements OnModuleDestroy {
  private readonly uncertain: UncertainWrites;
  private readonly changeListeners: ChangeListener[] = [];

  constructor(@Inject(CONFIG) config: Config, repository: MessagesRepository, announcer: MessageAnnouncer) {
    this.uncertain = new UncertainWrites({
      statementTimeoutMs: config.database.timeoutMs,
      probe: () => repository.probe(),
      tell: (chatId) => {
        announcer.askToSync(chatId);
        this.changed(chatId);
      },
    });
  }

  onModuleDestroy(): void {
    this.uncertain.stop();
  }

  /** Whether members of some chat are still to be told to look for a write whose outcome is unknown. */
  get hasUncertain(): boolean {
    return this.uncertain.pending;
  }

  /** Hears of chats whose members have sent or changed messages, right after the commit. What has no words of theirs is not told. */
  onChange(listener: ChangeListener): void {
    this.changeListeners.push(listener);
  }

  /** A write to the chat's messages was committed. */
  changed(chatId: string): void {
    for (const listener of this.changeListeners) {
      listener(chatId);
    }
  }

  /** A message may have been stored in the chat by a write whose outcome is unknown: its members are told to sync. */
  doubt(chatId: string): void {
    this.uncertain.add(chatId);
  }

  /** A write that may have been committed although it failed, and then was shown to nobody, is looked for by the members. */
  async attempt<T>(chatId: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if ((error instanceof ChatError && error.code === 'UNAVAILABLE') || isTransientDatabaseFailure(error)) {
        this.doubt(chatId);
      }
      throw error;
    }
  }
}
