import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';

export interface MemberRow {
  userId: string;
  role: 'buyer' | 'seller';
  lastReadSeq: number;
  lastDeliveredSeq: number;
}

export interface ChatAndUser {
  chatId: string;
  userId: string;
}

@Injectable()
export class MembersRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async isMember(chatId: string, userId: string): Promise<boolean> {
    const row = await this.db
      .selectFrom('chat.chat_members')
      .select('user_id')
      .where('chat_id', '=', chatId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The members of a chat, the longest-standing first. */
  async list(chatId: string): Promise<MemberRow[]> {
    return await this.db
      .selectFrom('chat.chat_members')
      .select(['user_id as userId', 'role', 'last_read_seq as lastReadSeq', 'last_delivered_seq as lastDeliveredSeq'])
      .where('chat_id', '=', chatId)
      .orderBy('joined_at')
      .orderBy('user_id')
      .execute();
  }

  async idsOf(chatIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.db
      .selectFrom('chat.chat_members')
      .select(['chat_id as chatId', 'user_id as userId'])
      .where('chat_id', 'in', chatIds)
      .execute();
    const ids = new Map<string, string[]>(chatIds.map((chatId) => [chatId, []]));
    for (const { chatId, userId } of rows) {
      ids.get(chatId)?.push(userId);
    }
    return ids;
  }

  /**
   * How far users have read in chats: one index look-up for each pair. Written as look-ups, because the planner takes
   * every list for a hundred pairs and would rather read all members for a join.
   * A pair that is no membership (any more) is absent from the result.
   */
  async readMarks(pairs: readonly ChatAndUser[]): Promise<(ChatAndUser & { lastReadSeq: number })[]> {
    const wanted = JSON.stringify(pairs);
    const { rows } = await sql<ChatAndUser & { lastReadSeq: number }>`
      select wanted."chatId", wanted."userId", member.last_read_seq as "lastReadSeq"
        from jsonb_to_recordset(${wanted}::jsonb) as wanted ("chatId" uuid, "userId" text)
       cross join lateral (
         select m.last_read_seq
           from chat.chat_members m
          where m.chat_id = wanted."chatId" and m.user_id = wanted."userId"
          limit 1
       ) member`.execute(this.db);
    return rows;
  }

  /**
   * For each user, up to `limit` other users who share a chat with him. Users without contacts are absent.
   * The limit holds per user, so one with very many chats does not make the statement unbounded.
   */
  async contactsOf(userIds: readonly string[], limit: number): Promise<Map<string, string[]>> {
    const { rows } = await sql<{ userId: string; contacts: string[] }>`
      select asked.user_id as "userId", array_agg(contact.user_id) as contacts
        from unnest(${[...userIds]}::text[]) as asked (user_id)
       cross join lateral (
         select distinct other.user_id
           from chat.chat_members mine
           join chat.chat_members other on other.chat_id = mine.chat_id and other.user_id <> mine.user_id
          where mine.user_id = asked.user_id
          limit ${limit}
       ) contact
       group by asked.user_id`.execute(this.db);
    return new Map(rows.map(({ userId, contacts }) => [userId, contacts]));
  }

  /** Those of the given users who share a chat with `userId`. */
  async contactsAmong(userId: string, candidates: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ userId: string }>`
      select asked.user_id as "userId"
        from (select distinct unnest(${[...candidates]}::text[]) as user_id) asked
       where exists (
         select 1
           from chat.chat_members theirs
           join chat.chat_members mine on mine.chat_id = theirs.chat_id
          where theirs.user_id = asked.user_id and mine.user_id = ${userId} and theirs.user_id <> mine.user_id
       )`.execute(this.db);
    return rows.map((row) => row.userId);
  }
}
