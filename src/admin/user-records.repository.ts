import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { type ExportItem, toWireId } from '../contract/index.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import { blocks, presence, reportedWords, reportsMade } from './records-among-people.repository.js';
import { ONLY, type UserRecords } from './user-records.js';

const profile: UserRecords = {
  async page(db, userId, afterKey) {
    const row =
      afterKey === ''
        ? await db.selectFrom('chat.user_profiles').selectAll().where('user_id', '=', userId).executeTakeFirst()
        : undefined;
    if (row === undefined) {
      return [];
    }
    const { username, first_name: firstName, last_name: lastName, avatar_url: avatarUrl, role } = row;
    return [{ key: ONLY, item: { kind: 'profile', profile: { username, firstName, lastName, avatarUrl, role } } }];
  },
  async erase(db, userId) {
    const { numDeletedRows } = await db
      .deleteFrom('chat.user_profiles')
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return Number(numDeletedRows);
  },
};

const groupKeys: UserRecords = {
  async page(db, userId, afterKey, limit) {
    const rows = await db
      .selectFrom('chat.group_keys')
      .select(['client_chat_id as clientChatId', 'chat_id as chatId'])
      .where('creator_id', '=', userId)
      .where('client_chat_id', '>', afterKey)
      .orderBy('client_chat_id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ key: row.clientChatId, item: { kind: 'group_key', ...row } }));
  },
  async erase(db, userId, limit) {
    const { numAffectedRows } = await sql`
      delete from chat.group_keys k
       where k.creator_id = ${userId}
         and k.client_chat_id in (
           select x.client_chat_id from chat.group_keys x where x.creator_id = ${userId} limit ${limit}
         )`.execute(db);
    return Number(numAffectedRows);
  },
};

/** The chats themselves export them. They go back to what they are for a new member. */
const settings: UserRecords = {
  page: null,
  async erase(db, userId, limit) {
    // Locked in the order of their keys, as messages and receipts do it, so that nobody waits in a circle.
    const { numAffectedRows } = await sql`
      with set_apart as materialized (
        select m.chat_id
          from chat.chat_members m
         where m.user_id = ${userId} and (m.folder <> 'inbox' or m.muted_until is not null)
         order by m.chat_id
         limit ${limit}
           for update
      )
      update chat.chat_members m
         set folder = 'inbox', muted_until = null
        from set_apart
       where m.chat_id = set_apart.chat_id and m.user_id = ${userId}`.execute(db);
    return Number(numAffectedRows);
  },
};

/**
 * They lead to what the user wrote in groups that he left, so they go last. Until then, and as long as any of his sockets could be in
 * such a group's room, events go past him by them; he was cut off before anything was erased.
 */
const formerMemberships: UserRecords = {
  async page(db, userId, afterKey, limit) {
    const rows = await db
      .selectFrom('chat.former_members')
      .select(['chat_id as chatId', 'removed_by as removedBy', 'removed_at as removedAt'])
      .where('user_id', '=', userId)
      // As text, whose order is the same: the key comes from a cursor, and need be no UUID.
      .where(sql<boolean>`chat_id::text > ${afterKey}`)
      .orderBy('chat_id')
      .limit(limit)
      .execute();
    return rows.map(({ chatId, removedBy, removedAt }) => ({
      key: chatId,
      item: { kind: 'former_chat', chatId, removedBy: toWireId(removedBy), removedAt: removedAt.toISOString() },
    }));
  },
  async erase(db, userId, limit) {
    const { numAffectedRows } = await sql`
      delete from chat.former_members f
       where f.user_id = ${userId}
         and f.chat_id in (select x.chat_id from chat.former_members x where x.user_id = ${userId} limit ${limit})`.execute(
      db,
    );
    return Number(numAffectedRows);
  },
};

/** All of them, in the order in which they are exported and erased. A table that is about a user gets its line here. */
const KINDS: readonly UserRecords[] = [
  profile,
  groupKeys,
  settings,
  blocks,
  reportsMade,
  reportedWords,
  presence,
  formerMemberships,
];

/** How far a page of the records has come: the kind's place in the list, and a key in it. */
export type RecordPosition = readonly [kind: number, afterKey: string];

/** What is kept of a user beside what he said. */
@Injectable()
export class UserRecordsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** @returns at most `limit` items, and where the next page begins; `null` when that was all */
  async page(
    userId: string,
    [kind, afterKey]: RecordPosition,
    limit: number,
  ): Promise<{ items: ExportItem[]; next: RecordPosition | null }> {
    const items: ExportItem[] = [];
    let after = afterKey;
    for (const [index, { page }] of KINDS.entries()) {
      if (index >= kind && page !== null) {
        const most = limit - items.length;
        const found = await page(this.db, userId, index === kind ? after : '', most);
        items.push(...found.map(({ item }) => item));
        after = found.at(-1)?.key ?? '';
        if (found.length === most) {
          return { items, next: [index, after] };
        }
      }
    }
    return { items, next: null };
  }

  /** Removes all records of a user, `batch` rows in a statement. Broken off, it begins anew. @returns how many rows it removed */
  async erase(userId: string, batch: number): Promise<number> {
    let total = 0;
    for (const { erase } of KINDS) {
      for (let removed = batch; removed === batch; total += removed) {
        removed = await erase(this.db, userId, batch);
      }
    }
    return total;
  }
}
