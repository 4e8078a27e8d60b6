import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';

/** What one user may know of another, apart from whether he is connected. */
export interface KnownPresence {
  /** Whether he is to look offline: to everybody, or to whom he has blocked. */
  invisible: boolean;
  lastSeenAt: Date | null;
}

/** Who may see whom, and what of presence outlives connections. Users who share a chat are each other's contacts. */
@Injectable()
export class PresenceRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * For each user, up to `limit` contacts who may see him come and go: not those he has blocked, and nobody while he is
   * invisible. Users whom nobody may see are absent. The limit holds per user, so one with very many chats does not make
   * the statement unbounded.
   */
  async audiencesOf(userIds: readonly string[], limit: number): Promise<Map<string, string[]>> {
    const { rows } = await sql<{ userId: string; audience: string[] }>`
      select asked.user_id as "userId", array_agg(contact.user_id) as audience
        from unnest(${[...userIds]}::text[]) as asked (user_id)
       cross join lateral (
         select distinct other.user_id
           from chat.chat_members mine
           join chat.chat_members other on other.chat_id = mine.chat_id and other.user_id <> mine.user_id
          where mine.user_id = asked.user_id
            and not exists (
              select 1 from chat.blocks b where b.blocker_id = asked.user_id and b.blocked_id = other.user_id
            )
          limit ${limit}
       ) contact
       where not exists (select 1 from chat.user_presence p where p.user_id = asked.user_id and p.invisible)
       group by asked.user_id`.execute(this.db);
    return new Map(rows.map(({ userId, audience }) => [userId, audience]));
  }

  /** Up to `limit` contacts of a user whose presence he may see: who is invisible, or has blocked him, is left out. */
  async visibleContactsOf(userId: string, limit: number): Promise<string[]> {
    const { rows } = await sql<{ userId: string }>`
      select distinct other.user_id as "userId"
        from chat.chat_members mine
        join chat.chat_members other on other.chat_id = mine.chat_id and other.user_id <> mine.user_id
       where mine.user_id = ${userId}
         and not exists (select 1 from chat.blocks b where b.blocked_id = ${userId} and b.blocker_id = other.user_id)
         and not exists (select 1 from chat.user_presence p where p.user_id = other.user_id and p.invisible)
       limit ${limit}`.execute(this.db);
    return rows.map((row) => row.userId);
  }

  /** Those of the given users whose presence `userId` may see. */
  async visibleContactsAmong(userId: string, candidates: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ userId: string }>`
      select asked.user_id as "userId"
        from (select distinct unnest(${[...candidates]}::text[]) as user_id) asked
       where exists (
         select 1
           from chat.chat_members theirs
           join chat.chat_members mine on mine.chat_id = theirs.chat_id
          where theirs.user_id = asked.user_id and mine.user_id = ${userId} and theirs.user_id <> mine.user_id
       )
         and not exists (select 1 from chat.blocks b where b.blocked_id = ${userId} and b.blocker_id = asked.user_id)
         and not exists (select 1 from chat.user_presence p where p.user_id = asked.user_id and p.invisible)`.execute(
      this.db,
    );
    return rows.map((row) => row.userId);
  }

  /**
   * What `viewerId` may know of a user, of himself too; `undefined` for strangers and unknown ids. Of who has blocked him he
   * knows what he knew when the block was set.
   */
  async known(viewerId: string, userId: string): Promise<KnownPresence | undefined> {
    const { rows } = await sql<KnownPresence>`
      select coalesce(p.invisible, false) or b.blocker_id is not null as invisible,
             case when b.blocker_id is null then p.last_seen_at else b.last_seen_at end as "lastSeenAt"
        from (select ${userId}::text as user_id) asked
        left join chat.user_presence p on p.user_id = asked.user_id
        left join chat.blocks b on b.blocker_id = asked.user_id and b.blocked_id = ${viewerId}
       where asked.user_id = ${viewerId}
          or exists (
            select 1
              from chat.chat_members theirs
              join chat.chat_members mine on mine.chat_id = theirs.chat_id
             where theirs.user_id = asked.user_id and mine.user_id = ${viewerId}
          )`.execute(this.db);
    return rows[0];
  }

  /**
   * Moves the moments at which users were last seen; never back, and not for who is invisible. One statement for many
   * users, in the order of their ids, so that two instances cannot wait for each other.
   */
  async sawLast(moments: ReadonlyMap<string, Date>): Promise<void> {
    const rows = [...moments].map(([userId, at]) => ({ userId, at: at.toISOString() }));
    await sql`
      insert into chat.user_presence as p (user_id, last_seen_at)
      select seen."userId", seen.at
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as seen ("userId" text, at timestamptz)
       order by seen."userId"
      on conflict (user_id) do update
         set last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at)
       where not p.invisible`.execute(this.db);
  }

  /**
   * @param lastSeenAt when his contacts saw him last, if that was now; `null` leaves what is known
   * @returns whether he was visible before
   */
  async hide(userId: string, lastSeenAt: Date | null): Promise<boolean> {
    const { rows } = await sql`
      insert into chat.user_presence as p (user_id, invisible, last_seen_at)
      values (${userId}, true, ${lastSeenAt}::timestamptz)
      on conflict (user_id) do update
         set invisible = true, last_seen_at = coalesce(excluded.last_seen_at, p.last_seen_at)
       where not p.invisible
      returning user_id`.execute(this.db);
    return rows.length > 0;
  }

  /** @returns whether he was invisible before */
  async show(userId: string): Promise<boolean> {
    const row = await this.db
      .updateTable('chat.user_presence')
      .set({ invisible: false })
      .where('user_id', '=', userId)
      .where('invisible', '=', true)
      .returning('user_id')
      .executeTakeFirst();
    return row !== undefined;
  }
}
