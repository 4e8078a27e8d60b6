import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { StoredChat } from '../chats/chat.js';
import { ChatsRepository } from '../chats/chats.repository.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import { blockersOf, type ChatMembers, MembersRepository } from '../members/members.repository.js';
import type { StoredMessage } from '../messages/message.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { systemDraft } from '../messages/system-draft.js';
import type { GroupChange, GroupJudge, GroupMember } from './group-rules.js';

/** A chat after it was judged; `done` is what changed, and the message that tells it. */
export interface JudgedGroup {
  chat: StoredChat;
  members: ChatMembers;
  done: { change: GroupChange; message: StoredMessage } | null;
}

@Injectable()
export class GroupsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly messages: MessagesRepository,
  ) {}

  /**
   * Changes a group and posts the message that tells of it, in one transaction under the chat's lock: what `judge` sees is
   * what it changes, the change stands at the message's `seq`, and every later write knows of it by `members_version`.
   * The members are locked in the order of their keys, as receipts do it, so the two cannot wait for each other.
   *
   * @param judge what it throws undoes everything
   * @param newcomers who may be added: which of them have blocked the actor is known to the judge, and stays so
   * @returns `undefined` where there is no such chat
   */
  async change(
    chatId: string,
    actorId: string,
    judge: GroupJudge,
    newcomers: readonly string[] = [],
  ): Promise<JudgedGroup | undefined> {
    return await this.db.transaction().execute(async (transaction) => {
      const blockers = newcomers.length === 0 ? [] : await blockersOf(actorId, newcomers, transaction);
      const group = await transaction
        .selectFrom('chat.chats')
        .select(['type', 'name', 'closed_at'])
        .where('id', '=', chatId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (group === undefined) {
        return undefined;
      }
      const { closed_at: closedAt, ...described } = group;
      const members = await lockedMembers(chatId, transaction);
      const change = judge({ ...described, closed: closedAt !== null, members, blockers });
      // Before the members change: the last word of who leaves is his own.
      const message = change === null ? null : await this.tell(chatId, actorId, change, transaction);
      if (change !== null && message !== null) {
        await apply(chatId, actorId, change, message.seq, transaction);
      }
      const [chat, membersNow] = [
        await this.chats.find(chatId, transaction),
        (await this.members.membersOf([chatId], transaction)).get(chatId),
      ];
      if (chat === undefined || membersNow === undefined) {
        throw new Error('unable to change group; it vanished under its own lock');
      }
      return { chat, members: membersNow, done: change === null || message === null ? null : { change, message } };
    });
  }

  /** Groups that a user is a member of, behind one in the order of their ids. */
  async ofMember(userId: string, afterChatId: string, limit: number): Promise<string[]> {
    const rows = await this.db
      .selectFrom('chat.chat_members as m')
      .innerJoin('chat.chats as c', 'c.id', 'm.chat_id')
      .select('m.chat_id as chatId')
      .where('m.user_id', '=', userId)
      .where('c.type', '=', 'group')
      .where('m.chat_id', '>', afterChatId)
      .orderBy('m.chat_id')
      .limit(limit)
      .execute();
    return rows.map(({ chatId }) => chatId);
  }

  private async tell(chatId: string, actorId: string, change: GroupChange, db: Database): Promise<StoredMessage> {
    const [outcome] = await this.messages.append([systemDraft(chatId, actorId, change.notice)], db);
    if (outcome?.kind !== 'stored') {
      throw new Error('unable to change group; the message that tells of it was not stored');
    }
    return outcome.message;
  }
}

async function lockedMembers(chatId: string, db: Database): Promise<GroupMember[]> {
  const { rows } = await sql<GroupMember>`
    with locked as materialized (
      select user_id, role, joined_at
        from chat.chat_members
       where chat_id = ${chatId}
       order by user_id
         for update
    )
    select user_id as "userId", role from locked order by joined_at, user_id`.execute(db);
  return rows;
}

/**
 * New members have the whole history to read, and none of it unread but the message that tells of them. In their inbox the
 * group stands where that message puts it, so their `activity_at` is no earlier than the chat's `raised_at` (migration 0009).
 */
async function apply(
  chatId: string,
  actorId: string,
  { added, removed, roles, name }: GroupChange,
  seq: number,
  db: Database,
): Promise<void> {
  if (added.length > 0) {
    await sql`
      with returned as (
        delete from chat.former_members where chat_id = ${chatId} and user_id = any(${[...added]}::text[])
      )
      insert into chat.chat_members
        (chat_id, user_id, role, last_read_seq, last_delivered_seq, joined_at, activity_at)
      select c.id, newcomer.user_id, 'member', ${seq - 1}::integer, ${seq - 1}::integer, clock_timestamp(), c.last_message_at
        from chat.chats c
       cross join unnest(${[...added]}::text[]) as newcomer (user_id)
       where c.id = ${chatId}`.execute(db);
  }
  if (removed.length > 0) {
    await sql`
      with gone as (
        delete from chat.chat_members where chat_id = ${chatId} and user_id = any(${[...removed]}::text[])
        returning user_id
      )
      insert into chat.former_members (chat_id, user_id, removed_by)
      select ${chatId}::uuid, gone.user_id, ${actorId}::text from gone`.execute(db);
  }
  for (const { userId, role } of roles) {
    await db
      .updateTable('chat.chat_members')
      .set({ role })
      .where('chat_id', '=', chatId)
      .where('user_id', '=', userId)
      .execute();
  }
  await db
    .updateTable('chat.chats')
    .set(({ eb }) => ({ members_version: eb('members_version', '+', 1), ...(name === null ? {} : { name }) }))
    .where('id', '=', chatId)
    .execute();
}
