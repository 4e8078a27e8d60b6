import { type Kysely, sql } from 'kysely';

/**
 * What changed after a client's position is one range of this index, however long the chat is. No two messages of a chat
 * share a rev: it is taken under the chat's lock.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create unique index messages_by_rev on chat.messages (chat_id, rev)`.execute(db);
}
