import { type Kysely, sql } from 'kysely';

/**
 * Chats and their members. Everything is keyed by chat first, so that the schema can be distributed by chat later.
 *
 * `last_seq` and `last_rev` hand out a chat's numbers: whoever takes one holds the row's lock until commit, which is
 * what keeps `seq` without gaps. They change with every message and stand in no index, so the update stays in the page
 * (HOT); the fill factor leaves room for it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.chats (
      id uuid primary key,
      type text not null check (type in ('direct')),
      buyer_id text not null,
      seller_id text not null,
      last_seq integer not null default 0,
      last_rev integer not null default 0,
      members_version integer not null default 1,
      created_at timestamptz not null default now(),
      unique (buyer_id, seller_id),
      check (buyer_id <> seller_id)
    ) with (fillfactor = 80)`.execute(db);

  await sql`
    create table chat.chat_members (
      chat_id uuid not null references chat.chats (id) on delete cascade,
      user_id text not null,
      role text not null check (role in ('buyer', 'seller')),
      last_read_seq integer not null default 0,
      last_delivered_seq integer not null default 0,
      joined_at timestamptz not null default now(),
      primary key (chat_id, user_id)
    ) with (fillfactor = 80)`.execute(db);

  await sql`create index chat_members_by_user on chat.chat_members (user_id, chat_id)`.execute(db);
}
