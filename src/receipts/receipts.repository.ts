import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { MarkOutcome, MarkRequest } from './marks.js';

@Injectable()
export class ReceiptsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Moves marks forward: never back, never beyond the chat's last message, the delivered mark never behind the read one.
   * One statement, so atomic. Rows whose marks stand already are not written. Members are locked in the order of their
   * keys, so that two batches cannot wait for each other. The limit tells the planner how few they are: it takes
   * every JSON list for a hundred, and would rather read all members for a join.
   *
   * @param requests at most one for each member and chat
   * @returns the marks of those who are members; others are absent
   */
  async advance(requests: readonly MarkRequest[]): Promise<MarkOutcome[]> {
    const { rows } = await sql<MarkOutcome>`
      with standing as materialized (
        select m.chat_id, m.user_id, m.last_read_seq, m.last_delivered_seq, c.members_version,
               greatest(m.last_read_seq, least(wanted."readSeq", c.last_seq)) as read_seq,
               greatest(m.last_delivered_seq, least(greatest(wanted."readSeq", wanted."deliveredSeq"), c.last_seq))
                 as delivered_seq
          from (
            select *
              from jsonb_to_recordset(${JSON.stringify(requests)}::jsonb)
                     as request ("chatId" uuid, "userId" text, "readSeq" integer, "deliveredSeq" integer)
             limit ${requests.length}
          ) wanted
          join chat.chat_members m on m.chat_id = wanted."chatId" and m.user_id = wanted."userId"
          join chat.chats c on c.id = m.chat_id
         order by m.chat_id, m.user_id
           for update of m
      ),
      moved as (
        update chat.chat_members m
           set last_read_seq = standing.read_seq, last_delivered_seq = standing.delivered_seq
          from standing
         where m.chat_id = standing.chat_id
           and m.user_id = standing.user_id
           and (standing.read_seq > standing.last_read_seq or standing.delivered_seq > standing.last_delivered_seq)
      )
      select chat_id as "chatId", user_id as "userId", read_seq as "lastReadSeq", delivered_seq as "lastDeliveredSeq",
             read_seq > last_read_seq as "readMoved", delivered_seq > last_delivered_seq as "deliveredMoved",
             members_version as "membersVersion"
        from standing`.execute(this.db);
    return rows;
  }

  /** The seq of a message; `undefined` where the chat has no such message. */
  async seqOf(chatId: string, messageId: string): Promise<number | undefined> {
    const row = await this.db
      .selectFrom('chat.messages')
      .select('seq')
      .where('chat_id', '=', chatId)
      .where('id', '=', messageId)
      .executeTakeFirst();
    return row?.seq;
  }
}
