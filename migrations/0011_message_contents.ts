import { type Kysely, sql } from 'kysely';

/**
 * Messages that show images and files, and messages that answer others.
 *
 * Columns that are null by default take no pass over the table and no space in rows without them. Neither does the new
 * rule for types: every row passed a narrower one, so it is not checked again. No foreign key leads from `reply_to`: it
 * would be one more lock for every reply, and messages are never removed while their chat stands.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table chat.messages
      add column attachments jsonb,
      add column reply_to uuid,
      drop constraint messages_type_check,
      add constraint messages_type_check check (type in ('text', 'image', 'file')) not valid`.execute(db);

  // What a message showed before it was deleted belongs to what it said.
  await sql`alter table chat.message_edits add column attachments jsonb`.execute(db);
}
