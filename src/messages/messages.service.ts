import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import {
  ChatError,
  type CommandPayload,
  type MessagePage,
  SYNC_PAGE,
  SYNC_ROWS_MAX,
  type SyncedChat,
  type SystemNotice,
  type Message as WireMessage,
} from '../contract/index.js';
import { Membership } from '../members/membership.js';
import { ProfilesService } from '../profiles/profiles.service.js';
import { ChatWrites } from './chat-writes.js';
import { type MessageDraft, messageNotFound, repeats, SERVICE, toWireMessage } from './message.js';
import { MessageAnnouncer } from './message-announcer.js';
import { admitBody, type BodyRules, checkLength, demandText } from './message-body.js';
import { newMessageId } from './message-id.js';
import { MessageWriter } from './message-writer.js';
import { type Cursor, MessagesRepository, type PageRequest } from './messages.repository.js';
import { toSyncedChat } from './synced-chat.js';

const SEND = 'send message';
const READ = 'read message';
const POST = 'post system message';

/** A message of the marketplace itself. */
interface SystemPost {
  chatId: string;
  /** What it says in plain words, for clients that do not know its code. */
  text: string;
  notice: Extract<SystemNotice, { kind: 'notice' }>;
  productId?: string | null;
  /** The marketplace's own key: posting it again answers with the message there is. */
  clientMessageId?: string;
}

type StoredListener = (draft: MessageDraft, productChanged: boolean) => void;

/** Sending and reading messages. */
@Injectable()
export class MessagesService {
  private readonly logger = new Logger(MessagesService.name);
  private readonly writer: MessageWriter;
  private readonly storedListeners: StoredListener[] = [];
  private readonly bodyRules: BodyRules;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly repository: MessagesRepository,
    private readonly membership: Membership,
    private readonly announcer: MessageAnnouncer,
    private readonly profiles: ProfilesService,
    private readonly writes: ChatWrites,
  ) {
    this.bodyRules = { maxLength: config.messages.maxLength, attachments: config.attachments };
    this.writer = new MessageWriter((drafts) => this.repository.append(drafts), {
      ...config.messages,
      onFailure: (error) => this.logger.error({ err: error }, 'message write failed'),
    });
  }

  /** Hears of every message right after its commit. */
  onStored(listener: StoredListener): void {
    this.storedListeners.push(listener);
  }

  /**
   * Stores a message, then shows it. Membership is checked inside the write, under the chat's lock.
   *
   * A reply may answer a deleted message: it names a place in the chat, and the place is still there. So whether the
   * answered message exists never changes, and a reply that was written in time is not lost to a delete.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `BLOCKED`, `CHAT_CLOSED`, `MESSAGE_NOT_FOUND` for a reply to nothing, `MESSAGE_EMPTY`,
   * `MESSAGE_TOO_LONG`, `ATTACHMENT_REFUSED`, `VALIDATION_FAILED`, `DUPLICATE_CLIENT_ID`, `OVERLOADED`, `UNAVAILABLE`
   */
  async send(senderId: string, payload: CommandPayload<'message:send'>): Promise<WireMessage> {
    const body = admitBody(payload, this.bodyRules, SEND);
    const id = newMessageId();
    const draft: MessageDraft = {
      id,
      chatId: payload.chatId,
      senderId,
      type: body.type,
      text: body.text,
      attachments: body.attachments,
      replyTo: payload.replyTo ?? null,
      productId: payload.productId ?? null,
      clientMessageId: payload.clientMessageId ?? id,
    };
    return this.deliver(draft, SEND);
  }

  /**
   * Stores and shows a message that no member wrote, such as "your order was shipped". For callers that the marketplace has
   * authorised: it needs no membership, and the chat may be closed.
   *
   * @throws ChatError as {@link send} does; `CHAT_NOT_FOUND` where there is no such chat
   */
  async postSystem({ chatId, text, notice, productId, clientMessageId }: SystemPost): Promise<WireMessage> {
    checkLength(text, this.bodyRules.maxLength, POST);
    demandText('system', text, POST);
    const id = newMessageId();
    const draft: MessageDraft = {
      id,
      chatId,
      senderId: SERVICE,
      type: 'system',
      text,
      system: notice,
      attachments: null,
      replyTo: null,
      productId: productId ?? null,
      clientMessageId: clientMessageId ?? id,
    };
    return this.deliver(draft, POST);
  }

  private async deliver(draft: MessageDraft, operation: string): Promise<WireMessage> {
    const outcome = await this.writes.attempt(draft.chatId, () => this.writer.store(draft));
    // A repeat too: whoever stored the message may have died before anybody heard of it.
    if ('message' in outcome) {
      this.writes.changed(draft.chatId);
    }
    switch (outcome.kind) {
      case 'refused':
        throw ChatError.chatNotFound(operation);
      case 'blocked':
        throw ChatError.blocked(operation, outcome.by);
      case 'closed':
        throw ChatError.chatClosed(operation);
      case 'unanswerable':
        throw new ChatError('MESSAGE_NOT_FOUND', operation, 'the chat has no message with the id in replyTo');
      case 'duplicate':
        if (!repeats(draft, outcome.message)) {
          throw new ChatError(
            'DUPLICATE_CLIENT_ID',
            operation,
            'the clientMessageId names another message; use a new one',
          );
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
    const found = await this.page(userId, chatId, page);
    return { ...found, senders: await this.profiles.sendersOf(found.messages) };
  }

  /**
   * One message as it stands now; a deleted one as its tombstone.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_NOT_FOUND`
   */
  async get(userId: string, { chatId, messageId }: CommandPayload<'message:get'>): Promise<WireMessage> {
    await this.membership.require(chatId, userId, READ);
    const message = await this.repository.find(chatId, messageId, userId);
    if (message === undefined) {
      throw messageNotFound(READ);
    }
    return toWireMessage(message);
  }

  /**
   * A page of any chat, for callers that the marketplace has authorised and that know that there is the chat.
   */
  async inspect(chatId: string, page: PageRequest): Promise<MessagePage> {
    const found = await this.page(null, chatId, page);
    return { ...found, senders: await this.profiles.sendersOf(found.messages) };
  }

  /**
   * A page without the authors' profiles, for callers that have checked the membership. Who was removed from the chat
   * meanwhile is shown an empty one: it could hold what was said after he went.
   *
   * @param readerId the member; `null` for the marketplace, which sees all chats
   */
  async page(readerId: string | null, chatId: string, page: PageRequest): Promise<Omit<MessagePage, 'senders'>> {
    const rows = await this.repository.page(chatId, page, readerId);
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
}
