import { type Kysely, sql } from 'kysely';

/**
 * What the marketplace said of a user when it last vouched for one of his tokens. It is decoration: a user without a row
 * is shown by his id.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chat.user_profiles (
      user_id text primary key,
      username text,
      first_name text,
      last_name text,
      avatar_url text,
      role text,
      updated_at timestamptz not null default now()
    )`.execute(db);
}
