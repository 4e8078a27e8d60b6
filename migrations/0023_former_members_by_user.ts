import { type Kysely, sql } from 'kysely';

/**
 * Leads to the groups that a user was in: what he wrote there is his too when he asks for it, or is erased. The table holds a
 * row for each removal only, so the index is made in a moment.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index former_members_by_user on chat.former_members (user_id, chat_id)`.execute(db);
}
