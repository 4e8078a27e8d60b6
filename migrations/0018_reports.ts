import { type Kysely, sql } from 'kysely';

/**
 * What members told the marketplace of messages. A report keeps text and attachments as the reporter saw them: their author
 * may edit or delete the message afterwards. No foreign key, so that a report outlives its chat. Read by the marketplace, newest first.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.reports (
      chat_id uuid not null,
      message_id uuid not null,
      reporter_id text not null,
      author_id text not null,
      reason text not null,
      comment text,
      text text not null,
      attachments jsonb,
      created_at timestamptz not null default now(),
      primary key (chat_id, message_id, reporter_id)
    )`.execute(db);
  await sql`create index reports_by_time on chat.reports (created_at)`.execute(db);
}
