import { sql } from 'kysely';
import { BlocksRepository } from '../blocks/blocks.repository.js';
import { toWireId } from '../contract/index.js';
import { ONLY, type UserRecords } from './user-records.js';

/** Whom the user has blocked. Who has blocked him is theirs, and stands. */
export const blocks: UserRecords = {
  async page(db, userId, afterKey, limit) {
    const found = await new BlocksRepository(db).list(userId, afterKey, limit);
    return found.map((block) => ({
      key: block.userId,
      item: { kind: 'block', userId: toWireId(block.userId), blockedAt: block.blockedAt.toISOString() },
    }));
  },
  /** One by one: each has marks on the members' rows, which go with it. */
  async erase(db, userId, limit) {
    const repository = new BlocksRepository(db);
    const found = await repository.list(userId, undefined, limit);
    for (const { userId: blockedId } of found) {
      await repository.unblock({ blockerId: userId, blockedId });
    }
    return found.length;
  },
};

/**
 * What the user reported. The report itself stays, because it is about somebody else; what he wrote in it goes. No index leads to
 * a reporter: reports are few, and this is asked rarely.
 */
export const reportsMade: UserRecords = {
  async page(db, userId, afterKey, limit) {
    const { rows } = await sql<{
      key: string;
      chatId: string;
      messageId: string;
      reason: string;
      comment: string | null;
      createdAt: Date;
    }>`
      select r.chat_id || '/' || r.message_id as key, r.chat_id as "chatId", r.message_id as "messageId",
             r.reason, r.comment, r.created_at as "createdAt"
        from chat.reports r
       where r.reporter_id = ${userId} and r.chat_id || '/' || r.message_id > ${afterKey}
       order by 1
       limit ${limit}`.execute(db);
    return rows.map(({ key, createdAt, ...report }) => ({
      key,
      item: { kind: 'report', ...report, createdAt: createdAt.toISOString() },
    }));
  },
  async erase(db, userId) {
    const { numAffectedRows } = await sql`
      update chat.reports set comment = null where reporter_id = ${userId} and comment is not null`.execute(db);
    return Number(numAffectedRows);
  },
};

/** What others reported of the user: the messages are his, and exported as such; the copies go, the reports stay. */
export const reportedWords: UserRecords = {
  page: null,
  async erase(db, userId) {
    const { numAffectedRows } = await sql`
      update chat.reports
         set text = '', attachments = null
       where author_id = ${userId} and (text <> '' or attachments is not null)`.execute(db);
    return Number(numAffectedRows);
  },
};

/** When the user was last seen, and whether he wished to be. */
export const presence: UserRecords = {
  async page(db, userId, afterKey) {
    const row =
      afterKey === ''
        ? await db
            .selectFrom('chat.user_presence')
            .select(['last_seen_at', 'invisible'])
            .where('user_id', '=', userId)
            .executeTakeFirst()
        : undefined;
    return row === undefined
      ? []
      : [
          {
            key: ONLY,
            item: {
              kind: 'presence',
              lastSeenAt: row.last_seen_at?.toISOString() ?? null,
              invisible: row.invisible,
            },
          },
        ];
  },
  /** Who is invisible stays so: without his wish, the sockets that he may still have would show him. */
  async erase(db, userId) {
    const { numDeletedRows } = await db
      .deleteFrom('chat.user_presence')
      .where('user_id', '=', userId)
      .where('invisible', '=', false)
      .executeTakeFirst();
    const { numUpdatedRows } = await db
      .updateTable('chat.user_presence')
      .set({ last_seen_at: null })
      .where('user_id', '=', userId)
      .where('last_seen_at', 'is not', null)
      .executeTakeFirst();
    return Number(numDeletedRows) + Number(numUpdatedRows);
  },
};
