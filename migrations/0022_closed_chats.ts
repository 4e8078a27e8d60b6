import { type Kysely, sql } from 'kysely';

/**
 * Since when a chat is closed; null while it is open. A column that is null by default takes no pass over the table. It
 * stands in no index: who writes to a chat has read its row already.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table chat.chats add column closed_at timestamptz`.execute(db);
}
