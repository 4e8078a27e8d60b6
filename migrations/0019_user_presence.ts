import { type Kysely, sql } from 'kysely';

/**
 * What of a user's presence outlives his connections: when he was last seen, and whether he wishes to be seen at all.
 * Whoever is online now stands in the presence store; a user without a row was never seen and is visible.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.user_presence (
      user_id text primary key,
      last_seen_at timestamptz,
      invisible boolean not null default false
    ) with (fillfactor = 80)`.execute(db);
  // The few who are invisible, to leave them out of lists of many.
  await sql`create index user_presence_invisible on chat.user_presence (user_id) where invisible`.execute(db);
}
