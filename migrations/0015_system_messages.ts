import { type Kysely, sql } from 'kysely';

/**
 * Messages that tell what happened to a chat. `system` holds it as it travels to clients; it is null in all other
 * messages, which costs them no byte. An empty `sender_id`, which no user can have, is the service itself.
 *
 * The check is added `not valid`: older rows passed a narrower one, and validating would read the table while it is
 * locked.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table chat.messages
      add column system jsonb,
      drop constraint messages_type_check,
      add constraint messages_type_check check (type in ('text', 'image', 'file', 'system')) not valid`.execute(db);
}
