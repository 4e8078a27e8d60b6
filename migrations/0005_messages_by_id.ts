import { type Kysely, sql } from 'kysely';

/** Clients name messages by id in receipts, edits and deletes; the chat comes first, as everywhere. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create unique index messages_by_id on chat.messages (chat_id, id)`.execute(db);
}
