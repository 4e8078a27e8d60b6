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
  type SystemNotice,
  type Message as WireMessage,
} from '../contract/index.js';
import { isTransientDatabaseFailure } from '../database/transient-failure.js';
import { Membership, refuseAcrossBlock } from '../members/membership.js';
import { ProfilesService } from '../profiles/profiles.service.js';
import { type MessageDraft, repeats, SERVICE, type StoredMessage, toWireMessage } from './message.js';
import { MessageAnnouncer } from './message-announcer.js';
import { admitBody, type BodyRules, checkLength, demandText } from './message-body.js';
import { judgeDelete, judgeEdit, judgeModeration, type MessageChange } from './message-changes.js';
import { newMessageId } from './message-id.js';
import { MessageWriter } from './message-writer.js';
import {
  type ChatUnderLock,
  type Cursor,
  type Editor,
  MessagesRepository,
  type PageRequest,
} from './messages.repository.js';
import { judgeReaction, judgeReactionRemoval } from './reactions.js';
import { toSyncedChat } from './synced-chat.js';
import { UncertainWrites } from './uncertain-writes.js';

const SEND = 'send message';
const READ = 'read message';
const EDIT = 'edit message';
const DELETE = 'delete message';
const REACT = 'react to message';
const UNREACT = 'take reaction back';
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

/** A message after it was judged, and the version of its chat's members. */
interface Rewritten {
  message: WireMessage;
  changed: boolean;
  membersVersion: number;
}

/** The same for a change by a member, who is one under the lock. */
interface MemberUnderLock extends ChatUnderLock {
  editor: Editor;
}

type StoredListener = (draft: MessageDraft, productChanged: boolean) => void;
type ChangeListener = (chatId: string) => void;

/** Sending, reading and changing messages. */
@Injectable()
export class MessagesService implements OnModuleDestroy {
  private readonly logger = new Logger(MessagesService.name);
  private readonly writer: MessageWriter;
  private readonly uncertain: UncertainWrites;
  private readonly storedListeners: StoredListener[] = [];
  private readonly bodyRules: BodyRules;
  private readonly changeListeners: ChangeListener[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: MessagesRepository,
    private readonly membership: Membership,
    private readonly announcer: MessageAnnouncer,
    private readonly profiles: ProfilesService,
  ) {
    this.bodyRules = { maxLength: config.messages.maxLength, attachments: config.attachments };
    this.writer = new MessageWriter((drafts) => this.repository.append(drafts), {
      ...config.messages,
      onFailure: (error) => this.logger.error({ err: error }, 'message write failed'),
    });
    this.uncertain = new UncertainWrites({
      statementTimeoutMs: config.database.timeoutMs,
      probe: () => this.repository.probe(),
      tell: (chatId) => {
        this.announcer.askToSync(chatId);
        this.changed(chatId);
      },
    });
  }

  onModuleDestroy(): void {
    this.uncertain.stop();
  }

  /** Whether members of some chat are still to be told to look for a write whose outcome is unknown. */
  get hasUncertainWrites(): boolean {
    return this.uncertain.pending;
  }

  /** Hears of every message right after its commit. */
  onStored(listener: StoredListener): void {
    this.storedListeners.push(listener);
  }

  /** Hears of every chat that has new or changed messages, right after the commit. */
  onChange(listener: ChangeListener): void {
    this.changeListeners.push(listener);
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
    const outcome = await this.attempt(draft.chatId, () => this.writer.store(draft));
    // A repeat too: whoever stored the message may have died before anybody heard of it.
    if ('message' in outcome) {
      this.changed(draft.chatId);
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

  /**
   * Gives a message another text, which others are shown: a block stops it as it stops a new message.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `BLOCKED`, `CHAT_CLOSED`, `MESSAGE_NOT_FOUND`, `FORBIDDEN`, `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`
   */
  async edit(userId: string, { chatId, messageId, text }: CommandPayload<'message:edit'>): Promise<WireMessage> {
    await this.membership.requireWriter(chatId, userId, EDIT);
    checkLength(text, this.bodyRules.maxLength, EDIT);
    const { editWindowSeconds: windowSeconds } = this.config.messages;
    const judge = (before: StoredMessage, { editor, closed }: MemberUnderLock) => {
      refuseAcrossBlock(editor, EDIT);
      return judgeEdit(before, { userId, text, closed, windowSeconds, now: new Date() });
    };
    const { message, changed, membersVersion } = await this.change(userId, chatId, messageId, EDIT, judge);
    if (changed) {
      this.announcer.updated(message, membersVersion);
    }
    return message;
  }

  /**
   * Leaves a tombstone in a message's place: its content is gone from every read path. A block does not stop it.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_NOT_FOUND`, `FORBIDDEN`
   */
  async delete(userId: string, { chatId, messageId }: CommandPayload<'message:delete'>): Promise<WireMessage> {
    await this.membership.require(chatId, userId, DELETE);
    const { message, changed, membersVersion } = await this.change(
      userId,
      chatId,
      messageId,
      DELETE,
      (before, { editor: { role } }) => judgeDelete(before, { userId, role }),
    );
    if (changed) {
      this.announcer.deleted(message, membersVersion);
    }
    return message;
  }

  /**
   * Puts an emoji on a message, which others are shown: a block stops it.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `BLOCKED`, `CHAT_CLOSED`, `MESSAGE_NOT_FOUND`, `REACTION_LIMIT`
   */
  async react(userId: string, { chatId, messageId, emoji }: CommandPayload<'message:react'>): Promise<WireMessage> {
    await this.membership.requireWriter(chatId, userId, REACT);
    const { message, changed, membersVersion } = await this.change(
      userId,
      chatId,
      messageId,
      REACT,
      (before, { editor, closed }) => {
        refuseAcrossBlock(editor, REACT);
        return judgeReaction(before, { userId, emoji, closed });
      },
    );
    if (changed) {
      this.announcer.reacted(message, { userId, emoji, added: true }, membersVersion);
    }
    return message;
  }

  /**
   * Takes one's own emoji back, which a block does not stop, as it does not stop deleting: neither says anything.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `CHAT_CLOSED`, `MESSAGE_NOT_FOUND`
   */
  async unreact(userId: string, { chatId, messageId, emoji }: CommandPayload<'message:unreact'>): Promise<WireMessage> {
    await this.membership.require(chatId, userId, UNREACT);
    const { message, changed, membersVersion } = await this.change(
      userId,
      chatId,
      messageId,
      UNREACT,
      (before, { closed }) => judgeReactionRemoval(before, { userId, emoji, closed }),
    );
    if (changed) {
      this.announcer.reacted(message, { userId, emoji, added: false }, membersVersion);
    }
    return message;
  }

  /** A message may have been stored in the chat by a write whose outcome is unknown: its members are told to sync. */
  doubt(chatId: string): void {
    this.uncertain.add(chatId);
  }

  /**
   * Deletes anybody's message, as its author would. Does not authorise: the caller is a route of the marketplace.
   *
   * @throws ChatError `MESSAGE_NOT_FOUND`, also where there is no such chat
   */
  async moderate(chatId: string, messageId: string): Promise<WireMessage> {
    const { message, changed, membersVersion } = await this.rewrite(
      { editorId: SERVICE, chatId, messageId },
      DELETE,
      judgeModeration,
    );
    if (changed) {
      this.announcer.deleted(message, membersVersion);
    }
    return message;
  }

  /** The editor is looked at once more under the lock, where nobody can remove or block him meanwhile. */
  private async change(
    editorId: string,
    chatId: string,
    messageId: string,
    operation: string,
    judge: (message: StoredMessage, chat: MemberUnderLock) => MessageChange,
  ): Promise<Rewritten> {
    return this.rewrite({ editorId, chatId, messageId }, operation, (message, { editor, closed }) => {
      if (editor === null) {
        throw ChatError.chatNotFound(operation);
      }
      return judge(message, { editor, closed });
    });
  }

  private async rewrite(
    place: { editorId: string; chatId: string; messageId: string },
    operation: string,
    judge: (message: StoredMessage, chat: ChatUnderLock) => MessageChange,
  ): Promise<Rewritten> {
    const outcome = await this.attempt(place.chatId, () => this.repository.change(place, judge));
    if (outcome === undefined) {
      throw messageNotFound(operation);
    }
    if (outcome.changed) {
      this.changed(place.chatId);
    }
    return { ...outcome, message: toWireMessage(outcome.message) };
  }

  private changed(chatId: string): void {
    for (const listener of this.changeListeners) {
      listener(chatId);
    }
  }

  /** A write that may have been committed although it failed, and then was shown to nobody, is looked for by the members. */
  private async attempt<T>(chatId: string, write: () => Promise<T>): Promise<T> {
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

function messageNotFound(operation: string): ChatError {
  return new ChatError('MESSAGE_NOT_FOUND', operation, 'the chat has no message with this id');
}
