import { type Kysely, sql } from 'kysely';

/**
 * The order of a user's chats, and what he has made of each of them.
 *
 * A page of an inbox is a range of an index over the members' `activity_at`. Moving that with every message would cost
 * two index updates a message, so a message *raises* it only where the chat was not raised within `raise_window()`:
 *
 *   activity_at <= true activity < activity_at + raise_window()
 *
 * where the true activity is the later of `activity_at` and the chat's `last_message_at`. The reader looks one window
 * farther than it needs to and sorts what it finds by the true activity.
 *
 * What holds from one raise to the next
 * - `raised_at` of a chat is no later than any of its members' `activity_at`. It is `-infinity` where the next message must
 *   raise in any case: while a member has put the chat into his archive or hidden it, because a raise is also what
 *   brings it back into everybody's inbox.
 * - `maybe_unread` is true for every member who has something unread. It is set by a raise, and taken back only under
 *   the chat's lock, when everything is read and the next message is sure to raise. Counting unread messages looks at these
 *   rows alone.
 *
 * `muted_until` is `infinity` where a chat is muted for good.
 *
 * The write path follows in 0016. The members are filled in by one pass, in the transaction of all migrations: until it
 * commits, chats can be neither read nor written (`docs/operations.md` says how long that takes). The chats themselves are
 * not rewritten: one from before this migration has no `last_message_at`, and its next message raises it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // One definition for the writer and the reader. It may be made longer at any time; made shorter, it would hide chats that
  // were raised under the longer one until their next message.
  await sql`
    create function chat.raise_window() returns interval language sql immutable parallel safe
    as $function$ select interval '1 minute' $function$`.execute(db);

  await sql`
    alter table chat.chats
      add column last_message_at timestamptz,
      add column raised_at timestamptz not null default '-infinity'`.execute(db);
  await sql`alter table chat.chats alter column raised_at set default now()`.execute(db);
  await sql`
    alter table chat.chat_members
      add column activity_at timestamptz not null default now(),
      add column folder text not null default 'inbox' check (folder in ('inbox', 'archive', 'hidden')),
      add column muted_until timestamptz,
      add column maybe_unread boolean not null default true`.execute(db);

  // The new index answers what this one was for, a user's chats: one less to write, for the next statement and for raises.
  await sql`drop index chat.chat_members_by_user`.execute(db);
  await sql`
    update chat.chat_members m
       set activity_at = coalesce(last.created_at, c.created_at), maybe_unread = m.last_read_seq < c.last_seq
      from chat.chats c
      left join chat.messages last on last.chat_id = c.id and last.seq = c.last_seq
     where c.id = m.chat_id`.execute(db);
  await sql`
    create index chat_members_by_activity on chat.chat_members (user_id, folder, activity_at, chat_id)`.execute(db);
  await sql`
    create index chat_members_maybe_unread on chat.chat_members (user_id)
     where maybe_unread and folder = 'inbox'`.execute(db);
}
