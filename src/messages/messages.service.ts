import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError, type CommandPayload, type MessagePage, type Message as WireMessage } from '../contract/index.js';
import { chatNotFound, Membership } from '../members/membership.js';
import { type MessageDraft, repeats, toWireMessage } from './message.js';
import { MessageAnnouncer } from './message-announcer.js';
import { MessageWriter } from './message-writer.js';
import { MessagesRepository, type PageRequest } from './messages.repository.js';

const SEND = 'send message';

/** Sending and reading messages. */
@Injectable()
export class MessagesService {
  private readonly logger = new Logger(MessagesService.name);
  private readonly writer: MessageWriter;
  private readonly productListeners: ((chatId: string) => void)[] = [];

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
  }

  /** Hears of chats whose product context a message has changed. */
  onProductChanged(listener: (chatId: string) => void): void {
    this.productListeners.push(listener);
  }

  /**
   * Stores a message, then shows it. Membership is checked inside the write, under the chat's lock.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`, `DUPLICATE_CLIENT_ID`, `OVERLOADED`,
   * `UNAVAILABLE`
   */
  async send(senderId: string, payload: CommandPayload<'message:send'>): Promise<WireMessage> {
    this.checkText(payload.text);
    const id = uuidv7();
    const draft: MessageDraft = {
      id,
      chatId: payload.chatId,
      senderId,
      type: 'text',
      text: payload.text,
      productId: payload.productId ?? null,
      clientMessageId: payload.clientMessageId ?? id,
    };
    const outcome = await this.writer.store(draft);
    switch (outcome.kind) {
      case 'refused':
        throw chatNotFound(SEND);
      case 'duplicate':
        if (!repeats(draft, outcome.message)) {
          throw new ChatError('DUPLICATE_CLIENT_ID', SEND, 'the clientMessageId names another message; use a new one');
        }
        return toWireMessage(outcome.message);
      case 'stored':
        if (outcome.productChanged) {
          this.tellProductChanged(draft.chatId);
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

  private checkText(text: string): void {
    const { maxLength } = this.config.messages;
    if (text.trim() === '') {
      throw new ChatError('MESSAGE_EMPTY', SEND, 'the text is empty; write something');
    }
    // Counting characters is only worth it where the cheaper count of UTF-16 units does not settle it.
    if (text.length > maxLength && Array.from(text).length > maxLength) {
      throw new ChatError('MESSAGE_TOO_LONG', SEND, `the text is longer than ${maxLength} characters; shorten it`, {
        details: { maxLength },
      });
    }
  }

  private tellProductChanged(chatId: string): void {
    for (const listener of this.productListeners) {
      listener(chatId);
    }
  }
}
