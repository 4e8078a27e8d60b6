import { type Kysely, sql } from 'kysely';

/**
 * Messages and the product a chat is about.
 *
 * No foreign key leads from messages to chats. Its check would lock the chat's row once more for every message, a fifth of
 * the cost of storing one, to prove what the only writer (0003) knows: it holds that row's lock already.
 *
 * The unique index over the sender's key makes a repeated send the same message, whichever instance gets it. A message
 * that came without a key carries its own id as one, so the service's own retries are covered too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.messages (
      chat_id uuid not null,
      seq integer not null,
      rev integer not null,
      id uuid not null,
      sender_id text not null,
      type text not null check (type in ('text')),
      text text not null,
      product_id text,
      client_message_id text not null,
      created_at timestamptz not null,
      edited_at timestamptz,
      deleted_at timestamptz,
      primary key (chat_id, seq),
      unique (chat_id, sender_id, client_message_id)
    )`.execute(db);

  await sql`
    create table chat.chat_context (
      chat_id uuid primary key references chat.chats (id) on delete cascade,
      product_id text not null,
      updated_at timestamptz not null default now()
    )`.execute(db);
}
