import { type Kysely, sql } from 'kysely';

/**
 * Reactions, in the row of their message: `[{"emoji": "…", "userIds": ["…"]}]`, null for none. They are read with every message
 * and changed seldom, and their number is bounded; a table of their own would cost every page of history a join.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table chat.messages add column reactions jsonb`.execute(db);
}
