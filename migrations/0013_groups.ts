import { type Kysely, sql } from 'kysely';

/**
 * Groups: chats with a name, any number of members, and roles of their own.
 *
 * The checks are added `not valid`: they hold for every row written from now on, and every older row passed a narrower
 * one. Validating them would read both tables while they are locked.
 *
 * A group has no pair that could name it, so a repeated `chat:create` is recognised by its creator's key, which stands
 * beside the chats because only groups have one. A group created without a key carries its own id as one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table chat.chats
      add column name text,
      alter column buyer_id drop not null,
      alter column seller_id drop not null,
      drop constraint chats_type_check,
      add constraint chats_type_check check (type in ('direct', 'group')) not valid,
      add constraint chats_parties_check check (
        case type
          when 'direct' then buyer_id is not null and seller_id is not null and name is null
          else buyer_id is null and seller_id is null and name is not null
        end
      ) not valid`.execute(db);

  await sql`
    alter table chat.chat_members
      drop constraint chat_members_role_check,
      add constraint chat_members_role_check
        check (role in ('buyer', 'seller', 'owner', 'moderator', 'member')) not valid`.execute(db);

  await sql`
    create table chat.group_keys (
      creator_id text not null,
      client_chat_id text not null,
      chat_id uuid not null references chat.chats (id) on delete cascade,
      primary key (creator_id, client_chat_id)
    )`.execute(db);
}
