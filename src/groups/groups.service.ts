import { Inject, Injectable } from '@nestjs/common';
import { toWireChat } from '../chats/chat.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError, type CommandPayload, type Chat as WireChat } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { Membership } from '../members/membership.js';
import { ChatWrites } from '../messages/chat-writes.js';
import { MessageAnnouncer } from '../messages/message-announcer.js';
import { TypingService } from '../typing/typing.service.js';
import { type GroupJudge, judgeAdd, judgeLeave, judgeRemove, judgeRename, judgeRole } from './group-rules.js';
import { GroupsRepository, type JudgedGroup } from './groups.repository.js';

/** Who belongs to a group, in which role, and what it is called. */
@Injectable()
export class GroupsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: GroupsRepository,
    private readonly membership: Membership,
    private readonly writes: ChatWrites,
    private readonly announcer: MessageAnnouncer,
    private readonly typing: TypingService,
    private readonly delivery: Delivery,
  ) {}

  /** @throws ChatError `CHAT_NOT_FOUND`, `CHAT_CLOSED`, `FORBIDDEN`, `BLOCKED` by one of the users, `GROUP_FULL` */
  async add(actorId: string, { chatId, userIds }: CommandPayload<'group:add'>): Promise<WireChat> {
    const { maxMembers } = this.config.groups;
    const judge: GroupJudge = (group) => judgeAdd(group, actorId, userIds, maxMembers);
    return this.change(actorId, chatId, 'add members', judge, userIds);
  }

  /** @throws ChatError `CHAT_NOT_FOUND`, `CHAT_CLOSED`, `FORBIDDEN` */
  async remove(actorId: string, { chatId, userId }: CommandPayload<'group:remove'>): Promise<WireChat> {
    return this.change(actorId, chatId, 'remove member', (group) => judgeRemove(group, actorId, userId));
  }

  /** @throws ChatError `CHAT_NOT_FOUND`, `FORBIDDEN` */
  async leave(actorId: string, chatId: string): Promise<void> {
    await this.change(actorId, chatId, 'leave group', (group) => judgeLeave(group, actorId));
  }

  /** @throws ChatError `CHAT_NOT_FOUND`, `CHAT_CLOSED`, `FORBIDDEN` */
  async rename(actorId: string, { chatId, name }: CommandPayload<'group:rename'>): Promise<WireChat> {
    return this.change(actorId, chatId, 'rename group', (group) => judgeRename(group, actorId, name));
  }

  /** @throws ChatError `CHAT_NOT_FOUND`, `CHAT_CLOSED`, `FORBIDDEN`, `VALIDATION_FAILED` where the user is no member */
  async changeRole(actorId: string, { chatId, userId, role }: CommandPayload<'group:role'>): Promise<WireChat> {
    return this.change(actorId, chatId, 'change role', (group) => judgeRole(group, actorId, userId, role));
  }

  /**
   * Takes a user out of groups as if he left each: where he was the last owner, another member owns it then. Does not
   * authorise: the caller is a route of the marketplace.
   *
   * @param afterChatId where the walk goes on, in the order of the groups' ids
   * @param limit most groups to leave in one call
   * @returns the groups that were visited; fewer than `limit` where there are no more
   */
  async leaveNext(userId: string, afterChatId: string, limit: number): Promise<string[]> {
    const chatIds = await this.repository.ofMember(userId, afterChatId, limit);
    for (const chatId of chatIds) {
      try {
        await this.leave(userId, chatId);
      } catch (error) {
        // Somebody removed him meanwhile.
        if (!(error instanceof ChatError && error.code === 'CHAT_NOT_FOUND')) {
          throw error;
        }
      }
    }
    return chatIds;
  }

  private async change(
    actorId: string,
    chatId: string,
    operation: string,
    judge: GroupJudge,
    newcomers: readonly string[] = [],
  ): Promise<WireChat> {
    // Judged again under the lock; but a stranger must not lock the chats of others.
    await this.membership.require(chatId, actorId, operation);
    const judged = await this.judge(actorId, chatId, judge, newcomers);
    if (judged === undefined) {
      throw ChatError.chatNotFound(operation);
    }
    this.announce(actorId, judged);
    return toWireChat(judged.chat);
  }

  /** A change whose outcome is unknown may have been committed, and nobody would tell of it. */
  private async judge(
    actorId: string,
    chatId: string,
    judge: GroupJudge,
    newcomers: readonly string[],
  ): Promise<JudgedGroup | undefined> {
    return this.writes.attempt(chatId, () => this.repository.change(chatId, actorId, judge, newcomers));
  }

  /** Whom the change removed hears of it first, and of nothing after it; whom it added learns of the chat first. */
  private announce(actorId: string, { chat, members, done }: JudgedGroup): void {
    if (done === null) {
      return;
    }
    const { change, message } = done;
    const wire = toWireChat(chat);
    this.membership.remember(chat.id, members);
    for (const userId of change.removed) {
      this.delivery.memberRemoved(chat.id, userId, actorId);
      void this.typing.end(chat.id, userId);
    }
    this.delivery.chatCreated(change.added, wire);
    this.delivery.chatUpdated(
      members.userIds.filter((userId) => !change.added.includes(userId)),
      wire,
    );
    this.announcer.announce(message, members.version);
  }
}
