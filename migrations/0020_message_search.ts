import { type Kysely, sql } from 'kysely';

/**
 * The words of messages, beside the messages: filled behind the write path, which pays nothing for it.
 *
 * An index over the messages themselves would be written by every send, and building it on a table that is large
 * already would keep all sends waiting. These tables start empty; the service fills them in small steps, old messages too.
 *
 * `words` holds the words of one message, and beside them who may find it: `search_scope` of the chat, and of both
 * members where the chat is direct. Scopes begin with a character that no word has, so a query cannot name one. With them
 * a search reads only what lies in the searcher's own chats, however many others use the same words.
 *
 * A group has members who come and go, so it has its own scope only, and a search names the searcher's groups. The index
 * finds them without passing over his direct chats, of which a seller has thousands; it holds nothing of those. Building it
 * reads the members once.
 *
 * A deleted message keeps a row without words, and so does what the service tells: its rev tells a late writer that what he knows of the message is old.
 * `search_positions` says up to which rev of a chat the words are in, and in which text search configuration.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.message_words (
      chat_id uuid not null,
      seq integer not null,
      rev integer not null,
      message_id uuid not null,
      words tsvector not null,
      primary key (chat_id, seq)
    )`.execute(db);
  await sql`create index message_words_by_word on chat.message_words using gin (words)`.execute(db);

  await sql`
    create table chat.search_positions (
      chat_id uuid primary key,
      config text not null,
      rev integer not null
    ) with (fillfactor = 80)`.execute(db);

  await sql`
    create index chat_members_in_groups on chat.chat_members (user_id, chat_id)
     where role not in ('buyer', 'seller')`.execute(db);

  await sql`
    create function chat.search_scope(kind text, id text)
    returns text
    language sql
    immutable
    as $function$
      select chr(1) || kind || to_hex(hashtextextended(id, 0))
    $function$`.execute(db);
}
