import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { StoredMessage } from '../messages/message.js';
import { columnsOf } from '../messages/messages.repository.js';
import { MARK_END, MARK_START } from './highlights.js';

export interface SearchRequest {
  userId: string;
  query: string;
  /** Only this chat; else all of the user's. */
  chatId: string | undefined;
  /** Only messages older than this one. */
  cursor: string | undefined;
  limit: number;
}

/** A found message, and its text with the found words marked. */
export interface Hit extends StoredMessage {
  marked: string;
}

/** Groups of one user that a search covers; direct chats are not counted. */
const GROUPS_MAX = 500;

const COLUMNS_OF_FOUND = columnsOf('f');

const HEADLINE = `HighlightAll=true, StartSel="${MARK_START}", StopSel="${MARK_END}"`;

@Injectable()
export class SearchRepository {
  private readonly config: string;

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) { search }: Config,
  ) {
    this.config = search.config;
  }

  /**
   * Messages by their words, newest first: message ids are in the order of time.
   *
   * The index is read for the words and the scopes of the user's own chats together, so what others wrote is not looked
   * at. What it finds may be a moment old, and is judged again before it counts: the message as it stands must be there,
   * match, and lie in a chat that the user is a member of now. A query without any word that counts finds nothing.
   */
  async find({ userId, query, chatId, cursor, limit }: SearchRequest): Promise<Hit[]> {
    const { rows } = await sql<Hit>`
      with asked as materialized (
        select parsed.query, scope.query && parsed.query as scoped
          from (select websearch_to_tsquery(${this.config}::regconfig, ${query}) as query) parsed
         cross join (
           select string_agg(quote_literal(scope.name), ' | ')::tsquery as query
             from (${this.scopes(userId, chatId)}) as scope (name)
         ) scope
         where numnode(parsed.query) > 0
      ),
      found as materialized (
        select m.*
          from (
            select w.chat_id, w.seq, w.message_id
              from chat.message_words w
             where w.words @@ (select scoped from asked)
               and (${cursor ?? null}::uuid is null or w.message_id < ${cursor ?? null}::uuid)
             order by w.message_id desc
          ) hit
         cross join lateral (
           select x.* from chat.messages x where x.chat_id = hit.chat_id and x.seq = hit.seq limit 1
         ) m
         where m.deleted_at is null and m.type <> 'system'
           and to_tsvector(${this.config}::regconfig, m.text) @@ (select query from asked)
           and exists (
             select 1 from chat.chat_members mine where mine.chat_id = hit.chat_id and mine.user_id = ${userId}
           )
         order by hit.message_id desc
         limit ${limit}
      )
      select ${COLUMNS_OF_FOUND},
             ts_headline(
               ${this.config}::regconfig,
               translate(f.text, ${MARK_START + MARK_END}, '  '),
               (select query from asked),
               ${HEADLINE}
             ) as marked
        from found f
       order by f.id desc`.execute(this.db);
    return rows;
  }

  /**
   * Takes over what is new or changed in these chats, up to `perChat` messages of each. May run on several instances at
   * once: a row is only replaced by one of a later rev, and rows are written in the order of their keys, so nobody waits
   * in a circle. A position moves to what has been taken over in the same statement.
   *
   * @returns how many messages were taken over, and the chats in which there are more
   */
  async index(chatIds: readonly string[], perChat: number): Promise<{ messages: number; unfinished: string[] }> {
    const { rows } = await sql<{ chatId: string; messages: number }>`
      with due as materialized (
        select c.id as chat_id, c.last_rev, coalesce(p.rev, 0) as rev,
               array_to_tsvector(
                 array[chat.search_scope('c', c.id::text)]
                 || case when c.type = 'direct' then array(
                      select chat.search_scope('u', x.user_id) from chat.chat_members x where x.chat_id = c.id
                    ) end
               ) as scope
          from unnest(${[...chatIds]}::text[]::uuid[]) as asked (chat_id)
          join chat.chats c on c.id = asked.chat_id
          left join chat.search_positions p on p.chat_id = c.id and p.config = ${this.config}
         where c.last_rev > coalesce(p.rev, 0)
      ),
      changed as materialized (
        select due.chat_id, m.seq, m.rev, m.id,
               case when m.deleted_at is null and m.type <> 'system'
                 then to_tsvector(${this.config}::regconfig, m.text) || due.scope
                 else ''::tsvector
               end as words
          from due
         cross join lateral (
           select x.seq, x.rev, x.id, x.type, x.text, x.deleted_at
             from chat.messages x
            where x.chat_id = due.chat_id and x.rev > due.rev
            order by x.rev
            limit ${perChat}
         ) m
      ),
      written as (
        insert into chat.message_words as w (chat_id, seq, rev, message_id, words)
        select chat_id, seq, rev, id, words from changed order by chat_id, seq
        on conflict (chat_id, seq) do update
           set rev = excluded.rev, words = excluded.words
         where w.rev <= excluded.rev
      ),
      reached as materialized (
        select due.chat_id, count(c.rev)::integer as messages,
               case when count(c.rev) < ${perChat} then due.last_rev else max(c.rev) end as rev
          from due
          left join changed c on c.chat_id = due.chat_id
         group by due.chat_id, due.last_rev
         order by due.chat_id
      ),
      moved as (
        insert into chat.search_positions as p (chat_id, config, rev)
        select chat_id, ${this.config}, rev from reached
        on conflict (chat_id) do update
           set config = excluded.config,
               rev = case when p.config = excluded.config then greatest(p.rev, excluded.rev) else excluded.rev end
      )
      select chat_id as "chatId", messages from reached`.execute(this.db);
    return {
      messages: rows.reduce((sum, { messages }) => sum + messages, 0),
      unfinished: rows.filter(({ messages }) => messages === perChat).map(({ chatId }) => chatId),
    };
  }

  /**
   * Looks through `size` chats in the order of their ids, after `afterId`, for those whose words are not complete.
   *
   * @returns them, and the last chat looked at; `null` when there were none left to look at
   */
  async dueAfter(afterId: string, size: number): Promise<{ due: string[]; lastId: string } | null> {
    const { rows } = await sql<{ id: string; due: boolean }>`
      select c.id, c.last_rev > coalesce(p.rev, 0) as due
        from (select x.id, x.last_rev from chat.chats x where x.id > ${afterId} order by x.id limit ${size}) c
        left join lateral (
          select y.rev from chat.search_positions y where y.chat_id = c.id and y.config = ${this.config} limit 1
        ) p on true
       order by c.id`.execute(this.db);
    const last = rows.at(-1);
    return last === undefined ? null : { due: rows.filter(({ due }) => due).map(({ id }) => id), lastId: last.id };
  }

  /** The scopes in which a user searches, as a query of one column. The roles are those that the index of groups leaves out. */
  private scopes(userId: string, chatId: string | undefined) {
    return chatId === undefined
      ? sql`
          select chat.search_scope('u', ${userId})
           union all
          select chat.search_scope('c', g.chat_id::text)
            from (
              select m.chat_id
                from chat.chat_members m
               where m.user_id = ${userId} and m.role not in ('buyer', 'seller')
               limit ${GROUPS_MAX}
            ) g`
      : sql`select chat.search_scope('c', ${chatId})`;
  }
}
