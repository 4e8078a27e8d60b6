import { type Kysely, sql } from 'kysely';

/**
 * When the blocked user saw the blocker last, as he may go on to see it: what his clients were told as the block was set, and what
 * they are answered while it stands. Null where he did not know. Blocks from before have none; the column takes no pass over
 * the table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table chat.blocks add column last_seen_at timestamptz`.execute(db);
}
