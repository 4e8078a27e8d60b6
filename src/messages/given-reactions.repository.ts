import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import { lockChat } from './chat-lock.repository.js';

/** What one user put on one message. */
export interface GivenReaction {
  chatId: string;
  messageId: string;
  seq: number;
  emoji: string[];
}

export interface GivenPage {
  given: GivenReaction[];
  /** The `seq` up to which was looked; `null` at the chat's end. */
  next: number | null;
}

/**
 * Messages that one look passes. Nothing leads from a user to what he reacted to: an index for that would be written with every
 * reaction, to be read when a user is exported or erased. So a chat is gone through, a piece at a time.
 */
const PIECE = 2_000;

/** The reactions that one user gave in one chat, in the order of the messages. */
@Injectable()
export class GivenReactionsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** The next `limit` messages at most on which the user's reactions stand. A page may be empty before the chat's end. */
  async page(chatId: string, userId: string, afterSeq: number, limit: number): Promise<GivenPage> {
    const chat = await this.db
      .selectFrom('chat.chats')
      .select('last_seq as lastSeq')
      .where('id', '=', chatId)
      .executeTakeFirst();
    const upTo = Math.min(afterSeq + PIECE, chat?.lastSeq ?? 0);
    const { rows: given } = await sql<GivenReaction>`
      select m.chat_id as "chatId", m.id as "messageId", m.seq,
             array(
               select r.one ->> 'emoji'
                 from jsonb_array_elements(m.reactions) with ordinality as r (one, place)
                where r.one -> 'userIds' ? ${userId}
                order by r.place
             ) as emoji
        from chat.messages m
       where m.chat_id = ${chatId} and m.seq > ${afterSeq} and m.seq <= ${upTo} and ${reactedTo(userId)}
       order by m.seq
       limit ${limit}`.execute(this.db);
    const end = given.length === limit ? (given.at(-1)?.seq ?? upTo) : upTo;
    return { given, next: end < (chat?.lastSeq ?? 0) ? end : null };
  }

  /**
   * Takes the user's reactions off the next messages, each of which gets a rev of its own, in their order. One transaction
   * under the chat's lock, so no other writer of the chat comes between and no rev is given twice. A piece without any
   * takes no lock.
   *
   * @returns how many messages lost some, and where to go on, as {@link page} says it
   */
  async erase(
    chatId: string,
    userId: string,
    afterSeq: number,
    limit: number,
  ): Promise<{ messages: number; next: number | null }> {
    const { given, next } = await this.page(chatId, userId, afterSeq, limit);
    const last = given.at(-1);
    if (last === undefined) {
      return { messages: 0, next };
    }
    return await this.db.transaction().execute(async (transaction) => {
      await lockChat(transaction, chatId);
      const { rows } = await sql<{ messages: number }>`
        with given as materialized (
          select m.seq, c.last_rev + (row_number() over (order by m.seq))::integer as rev,
                 (
                   select jsonb_agg(jsonb_set(r.one, '{userIds}', (r.one -> 'userIds') - ${userId}::text) order by r.place)
                     from jsonb_array_elements(m.reactions) with ordinality as r (one, place)
                    where (r.one -> 'userIds') - ${userId}::text <> '[]'
                 ) as reactions
            from chat.messages m
            join chat.chats c on c.id = ${chatId}
           where m.chat_id = ${chatId} and m.seq > ${afterSeq} and m.seq <= ${last.seq} and ${reactedTo(userId)}
        ),
        taken as (
          update chat.messages m
             set rev = given.rev, reactions = given.reactions
            from given
           where m.chat_id = ${chatId} and m.seq = given.seq
          returning 1
        ),
        advanced as (
          update chat.chats c
             set last_rev = (select max(given.rev) from given)
           where c.id = ${chatId} and exists (select 1 from given)
        )
        select count(*)::integer as messages from taken`.execute(transaction);
      return { messages: rows[0]?.messages ?? 0, next };
    });
  }
}

/** For queries over `chat.messages m`. */
function reactedTo(userId: string) {
  return sql<boolean>`m.reactions @> ${JSON.stringify([{ userIds: [userId] }])}::jsonb`;
}
