import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import { lockChat } from './chat-lock.repository.js';
import type { StoredMessage } from './message.js';
import type { StoredVersion } from './message-version.js';
import { columns } from './messages.repository.js';

export interface ErasedBatch {
  /** Messages that were looked at, deleted ones too. */
  visited: number;
  /** Those of them that are deleted now and were not before. */
  messages: number;
  /** What they said before: rows that are gone. */
  versions: number;
  /** Where the next batch begins; null where there was nothing. */
  lastKey: string | null;
}

const versionColumns = [
  'e.chat_id as chatId',
  'e.message_id as messageId',
  'e.rev',
  'e.text',
  'e.attachments',
  'e.editor_id as editorId',
  'e.replaced_at as replacedAt',
] as const;

const FIRST_MESSAGE = '00000000-0000-0000-0000-000000000000';

/**
 * What one author wrote in one chat, in the order of his own keys: the index that keeps them unique is the only one that
 * leads to an author's messages.
 */
@Injectable()
export class AuthoredMessagesRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async page(chatId: string, authorId: string, afterKey: string, limit: number): Promise<StoredMessage[]> {
    return await this.db
      .selectFrom('chat.messages')
      .select(columns)
      .where('chat_id', '=', chatId)
      .where('sender_id', '=', authorId)
      .where('client_message_id', '>', afterKey)
      .orderBy('client_message_id')
      .limit(limit)
      .execute();
  }

  /** What the author's messages said before, behind one of these versions. Reads the versions of the chat that are not his, too. */
  async versionsOf(
    chatId: string,
    authorId: string,
    after: readonly [messageId: string, rev: number] | null,
    limit: number,
  ): Promise<StoredVersion[]> {
    const [messageId, rev] = after ?? [FIRST_MESSAGE, 0];
    return await this.db
      .selectFrom('chat.message_edits as e')
      .innerJoin('chat.messages as m', (join) =>
        join.onRef('m.chat_id', '=', 'e.chat_id').onRef('m.id', '=', 'e.message_id'),
      )
      .select(versionColumns)
      .where('e.chat_id', '=', chatId)
      .where('m.sender_id', '=', authorId)
      .where(sql<boolean>`(e.message_id, e.rev) > (${messageId}::uuid, ${rev}::integer)`)
      .orderBy('e.message_id')
      .orderBy('e.rev')
      .limit(limit)
      .execute();
  }

  /**
   * What one message said before, oldest first, with one row more than asked for where there is more.
   *
   * @returns `undefined` where the chat has no such message
   */
  async versions(
    chatId: string,
    messageId: string,
    { afterRev, limit }: { afterRev: number; limit: number },
  ): Promise<StoredVersion[] | undefined> {
    const versions = await this.db
      .selectFrom('chat.message_edits as e')
      .select(versionColumns)
      .where('e.chat_id', '=', chatId)
      .where('e.message_id', '=', messageId)
      .where('e.rev', '>', afterRev)
      .orderBy('e.rev')
      .limit(limit + 1)
      .execute();
    if (versions.length > 0) {
      return versions;
    }
    const message = await this.db
      .selectFrom('chat.messages')
      .select('seq')
      .where('chat_id', '=', chatId)
      .where('id', '=', messageId)
      .executeTakeFirst();
    return message === undefined ? undefined : [];
  }

  /**
   * Makes tombstones of the author's next messages, each with a rev of its own, in their order, and forgets what they said
   * before, in one transaction under the chat's lock. Their words for searching go with them; the later rev keeps a late writer of the index from putting them back.
   */
  async erase(chatId: string, authorId: string, afterKey: string, limit: number): Promise<ErasedBatch> {
    return await this.db.transaction().execute(async (transaction) => {
      await lockChat(transaction, chatId);
      const { rows } = await sql<ErasedBatch>`
        with own as materialized (
          select m.id, m.seq, m.client_message_id, m.deleted_at
            from chat.messages m
           where m.chat_id = ${chatId} and m.sender_id = ${authorId} and m.client_message_id > ${afterKey}
           order by m.client_message_id
           limit ${limit}
        ),
        live as materialized (
          select own.id, own.seq, c.last_rev + (row_number() over (order by own.seq))::integer as rev
            from own
            join chat.chats c on c.id = ${chatId}
           where own.deleted_at is null
        ),
        forgotten as (
          delete from chat.message_edits e
           where e.chat_id = ${chatId} and e.message_id in (select own.id from own)
          returning 1
        ),
        erased as (
          update chat.messages m
             set rev = live.rev, text = '', system = null, attachments = null, reactions = null, deleted_at = clock_timestamp()
            from live
           where m.chat_id = ${chatId} and m.seq = live.seq
          returning 1
        ),
        unsearchable as (
          insert into chat.message_words as w (chat_id, seq, rev, message_id, words)
          select ${chatId}, live.seq, live.rev, live.id, '' from live order by live.seq
          on conflict (chat_id, seq) do update set rev = excluded.rev, words = excluded.words
        ),
        advanced as (
          update chat.chats c
             set last_rev = (select max(live.rev) from live)
           where c.id = ${chatId} and exists (select 1 from live)
        )
        select (select count(*) from own)::integer as visited,
               (select count(*) from erased)::integer as messages,
               (select count(*) from forgotten)::integer as versions,
               (select max(own.client_message_id) from own) as "lastKey"`.execute(transaction);
      const [batch] = rows;
      if (batch === undefined) {
        throw new Error('unable to erase messages; the database did not say what became of them');
      }
      return batch;
    });
  }
}
