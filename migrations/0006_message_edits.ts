import { type Kysely, sql } from 'kysely';

/**
 * What messages said before they were edited or deleted. No read path of clients leads here: it is kept for the marketplace, which
 * has to judge disputes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.message_edits (
      chat_id uuid not null references chat.chats (id) on delete cascade,
      message_id uuid not null,
      rev integer not null,
      text text not null,
      editor_id text not null,
      replaced_at timestamptz not null default now(),
      primary key (chat_id, message_id, rev)
    )`.execute(db);
}
