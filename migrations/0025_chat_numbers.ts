import { type Kysely, sql } from 'kysely';

/**
 * Integers for chats, for clients that know chats by numbers. A chat gets one when such a client first meets it, so the
 * migration touches no chat, and a deployment without such clients fills nothing.
 *
 * A message's number is made of its chat's number and its seq, and stays exact in JavaScript below 2^29 chats.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.chat_numbers (
      number bigint generated always as identity primary key check (number < 536870912),
      chat_id uuid not null unique references chat.chats (id) on delete cascade
    )`.execute(db);
}
