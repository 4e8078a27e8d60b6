import { type Kysely, sql } from 'kysely';

/**
 * Who has blocked whom, and what it means for writing.
 *
 * The write path must not pay for blocks with a look-up of its own, so they stand twice: in `blocks`, and on the rows of
 * the two members of every direct chat that the pair shares, which the write path reads anyway. Whoever changes one
 * changes the other in the same transaction, under the chats' locks.
 *
 * A block and a new chat of the same pair may be committed side by side, neither seeing the other. Both therefore take
 * the pair's lock first: `block_stands` is called by the statement that creates a chat, and being volatile it reads what
 * was committed up to the moment it got the lock. The locks end with the transaction. Two pairs whose keys collide wait
 * for each other, and that is all.
 *
 * Columns with a constant default are added without rewriting the table. The write path follows in 0021.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.blocks (
      blocker_id text not null,
      blocked_id text not null,
      created_at timestamptz not null default now(),
      primary key (blocker_id, blocked_id),
      check (blocker_id <> blocked_id)
    )`.execute(db);

  // Who looks at others' presence is asked for this way round: who has blocked him.
  await sql`create index blocks_by_blocked on chat.blocks (blocked_id, blocker_id)`.execute(db);

  await sql`
    alter table chat.chat_members
      add column blocked_by_peer boolean not null default false,
      add column blocks_peer boolean not null default false`.execute(db);

  await sql`
    create function chat.pair_lock_key(one text, other text)
    returns bigint
    language sql
    immutable
    as $function$
      select hashtextextended(least(one, other) || chr(1) || greatest(one, other), 4004)
    $function$`.execute(db);

  await sql`
    create function chat.block_stands(blocker text, blocked text)
    returns boolean
    language plpgsql
    volatile
    as $function$
    begin
      perform pg_advisory_xact_lock_shared(chat.pair_lock_key(blocker, blocked));
      return exists (select 1 from chat.blocks b where b.blocker_id = blocker and b.blocked_id = blocked);
    end
    $function$`.execute(db);
}
