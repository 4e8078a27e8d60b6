import { type Kysely, sql } from 'kysely';

/**
 * Who was a member of a group and is none any more. Events of the group go past these users until every instance has
 * taken their sockets out of it, and an instance that missed a removal finds it here, by time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.former_members (
      chat_id uuid not null references chat.chats (id) on delete cascade,
      user_id text not null,
      removed_by text not null,
      removed_at timestamptz not null default clock_timestamp(),
      primary key (chat_id, user_id)
    )`.execute(db);

  await sql`create index former_members_by_time on chat.former_members (removed_at)`.execute(db);
}
