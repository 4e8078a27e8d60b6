import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError, type CommandPayload, type Message as WireMessage } from '../contract/index.js';
import { Membership, refuseAcrossBlock } from '../members/membership.js';
import { ChatWrites } from './chat-writes.js';
import { messageNotFound, SERVICE, type StoredMessage, toWireMessage } from './message.js';
import { MessageAnnouncer } from './message-announcer.js';
import { checkLength } from './message-body.js';
import { judgeDelete, judgeEdit, judgeModeration, type MessageChange } from './message-changes.js';
import { type ChatUnderLock, type Editor, MessagesRepository } from './messages.repository.js';
import { judgeReaction, judgeReactionRemoval } from './reactions.js';

const EDIT = 'edit message';
const DELETE = 'delete message';
const REACT = 'react to message';
const UNREACT = 'take reaction back';

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

/** Changing messages that are there: editing, deleting, reacting. */
@Injectable()
export class MessageChangesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: MessagesRepository,
    private readonly membership: Membership,
    private readonly announcer: MessageAnnouncer,
    private readonly writes: ChatWrites,
  ) {}

  /**
   * Gives a message another text, which others are shown: a block stops it as it stops a new message.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `BLOCKED`, `CHAT_CLOSED`, `MESSAGE_NOT_FOUND`, `FORBIDDEN`, `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`
   */
  async edit(userId: string, { chatId, messageId, text }: CommandPayload<'message:edit'>): Promise<WireMessage> {
    await this.membership.requireWriter(chatId, userId, EDIT);
    const { maxLength, editWindowSeconds: windowSeconds } = this.config.messages;
    checkLength(text, maxLength, EDIT);
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
    const outcome = await this.writes.attempt(place.chatId, () => this.repository.change(place, judge));
    if (outcome === undefined) {
      throw messageNotFound(operation);
    }
    if (outcome.changed) {
      this.writes.changed(place.chatId);
    }
    return { ...outcome, message: toWireMessage(outcome.message) };
  }
}
