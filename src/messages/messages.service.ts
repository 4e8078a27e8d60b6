import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import {
  ChatError,
  type CommandPayload,
  type MessagePage,
  SYNC_PAGE,
  SYNC_ROWS_MAX,
  type SyncedChat,
  type Message as WireMessage,
} from '../contract/index.js';
import { Membership } from '../members/membership.js';
import { type MessageDraft, repeats, type StoredMessage, toWireMessage } from './message.js';
import { MessageAnnouncer } from './message-announcer.js';
import { judgeDelete, judgeEdit, type MessageChange } from './message-changes.js';
import { newMessageId } from './message-id.js';
import { MessageWriter } from './message-writer.js';
import {
  type AppendOutcome,
  type ChangedChat,
  type Cursor,
  MessagesRepository,
  type PageRequest,
} from './messages.repository.js';
import { UncertainWrites } from './uncertain-writes.js';

const SEND = 'send message';
const EDIT = 'edit message';
const DELETE = 'delete message';

type StoredListener = (draft: MessageDraft, productChanged: boolean) => void;

/** Sending, reading and changing messages. */
@Injectable()
export class MessagesService implements OnModuleDestroy {
  private readonly logger = new Logger(MessagesService.name);
  private readonly writer: MessageWriter;
  private readonly uncertain: UncertainWrites;
  private readonly storedListeners: StoredListener[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: MessagesRepository,
    private readonly membership: Membership,
    private readonly announcer: MessageAnnouncer,
  ) {
    this.writer = new MessageWriter((drafts) => this.repository.append(drafts), {
      ...config.messages,
      onFailure: (error) => this.logger.error({ err: error }, 'message write failed'),
    });
    this.uncertain = new UncertainWrites({
      statementTimeoutMs: config.database.timeoutMs,
      probe: () => this.repository.probe(),
      tell: (chatId) => this.announcer.askToSync(chatId),
    });
  }

  onModuleDestroy(): void {
    this.uncertain.stop();
  }

  /** Hears of every message right after its commit. */
  onStored(listener: StoredListener): void {
    this.storedListeners.push(listener);
  }

  /**
   * Stores a message, then shows it. Membership is checked inside the write, under the chat's lock.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`, `DUPLICATE_CLIENT_ID`, `OVERLOADED`,
   * `UNAVAILABLE`
   */
  async send(senderId: string, payload: CommandPayload<'message:send'>): Promise<WireMessage> {
    this.checkText(payload.text, SEND);
    const id = newMessageId();
    const draft: MessageDraft = {
      id,
      chatId: payload.chatId,
      senderId,
      type: 'text',
      text: payload.text,
      productId: payload.productId ?? null,
      clientMessageId: payload.clientMessageId ?? id,
    };
    const outcome = await this.store(draft);
    switch (outcome.kind) {
      case 'refused':
        throw ChatError.chatNotFound(SEND);
      case 'duplicate':
        if (!repeats(draft, outcome.message)) {
          throw new ChatError('DUPLICATE_CLIENT_ID', SEND, 'the clientMessageId names another message; use a new one');
        }
        this.announcer.repeated(outcome.message);
        return toWireMessage(outcome.message);
      case 'stored':
        for (const listener of this.storedListeners) {
          listener(draft, outcome.productChanged);
        }
        return this.announcer.announce(outcome.message, outcome.membersVersion);
    }
  }

  /**
   * @param page both bounds absent: the latest messages
   * @throws ChatError `CHAT_NOT_FOUND`
   */
  async history(userId: string, chatId: string, page: PageRequest): Promise<MessagePage> {
    await this.membership.require(chatId, userId, 'read history');
    return this.page(chatId, page);
  }

  /** A page without a membership check, for callers that have made it. */
  async page(chatId: string, page: PageRequest): Promise<MessagePage> {
    const rows = await this.repository.page(chatId, page);
    const hasMore = rows.length > page.limit;
    // The row too many lies at the far end of the direction asked for.
    const kept = !hasMore ? rows : page.afterSeq === undefined ? rows.slice(1) : rows.slice(0, page.limit);
    return { messages: kept.map(toWireMessage), hasMore };
  }

  /**
   * What is new or changed after each cursor, in the order asked. A chat that is not the caller's, or a position that it has
   * never reached, is answered with `resync`.
   */
  async sync(userId: string, cursors: readonly Cursor[]): Promise<SyncedChat[]> {
    const changed = await this.repository.changesAfter(userId, cursors, { perChat: SYNC_PAGE, total: SYNC_ROWS_MAX });
    return cursors.map((cursor, index) => toSyncedChat(cursor, changed[index]));
  }

  /**
   * Gives a message another text.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_NOT_FOUND`, `FORBIDDEN`, `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`
   */
  async edit(userId: string, { chatId, messageId, text }: CommandPayload<'message:edit'>): Promise<WireMessage> {
    await this.membership.require(chatId, userId, EDIT);
    this.checkText(text, EDIT);
    const { editWindowSeconds: windowSeconds } = this.config.messages;
    const { message, changed } = await this.change(userId, chatId, messageId, EDIT, (before) =>
      judgeEdit(before, { userId, text, windowSeconds, now: new Date() }),
    );
    if (changed) {
      this.announcer.updated(message);
    }
    return message;
  }

  /**
   * Leaves a tombstone in a message's place: its text is gone from every read path.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_NOT_FOUND`, `FORBIDDEN`
   */
  async delete(userId: string, { chatId, messageId }: CommandPayload<'message:delete'>): Promise<WireMessage> {
    await this.membership.require(chatId, userId, DELETE);
    const { message, changed } = await this.change(userId, chatId, messageId, DELETE, (before) =>
      judgeDelete(before, userId),
    );
    if (changed) {
      this.announcer.deleted(message);
    }
    return message;
  }

  private async change(
    editorId: string,
    chatId: string,
    messageId: string,
    operation: string,
    judge: (message: StoredMessage) => MessageChange,
  ): Promise<{ message: WireMessage; changed: boolean }> {
    const outcome = await this.repository.change({ chatId, messageId, editorId }, judge);
    if (outcome === undefined) {
      throw new ChatError('MESSAGE_NOT_FOUND', operation, 'the chat has no message with this id');
    }
    return { message: toWireMessage(outcome.message), changed: outcome.changed };
  }

  private async store(draft: MessageDraft): Promise<AppendOutcome> {
    try {
      return await this.writer.store(draft);
    } catch (error) {
      if (error instanceof ChatError && error.code === 'UNAVAILABLE') {
        this.uncertain.add(draft.chatId);
      }
      throw error;
    }
  }

  private checkText(text: string, operation: string): void {
    const { maxLength } = this.config.messages;
    if (text.trim() === '') {
      throw new ChatError('MESSAGE_EMPTY', operation, 'the text is empty; write something');
    }
    // Counting characters is only worth it where the cheaper count of UTF-16 units does not settle it.
    if (text.length > maxLength && Array.from(text).length > maxLength) {
      throw new ChatError(
        'MESSAGE_TOO_LONG',
        operation,
        `the text is longer than ${maxLength} characters; shorten it`,
        {
          details: { maxLength },
        },
      );
    }
  }
}

/** Never a partial answer that looks whole: a cursor that cannot be continued from says so. */
function toSyncedChat({ chatId, rev }: Cursor, chat: ChangedChat | undefined): SyncedChat {
  if (chat === undefined || rev > chat.lastRev) {
    return { chatId, resync: true, rev: 0, hasMore: false, messages: [] };
  }
  const { lastRev, changes, complete } = chat;
  return {
    chatId,
    resync: false,
    rev: complete ? lastRev : (changes.at(-1)?.rev ?? rev),
    hasMore: !complete,
    messages: changes.map(toWireMessage),
  };
}
