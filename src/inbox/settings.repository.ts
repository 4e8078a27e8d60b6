import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { MemberSettings } from '../members/member.js';
import type { SettingsChange } from './settings-change.js';

@Injectable()
export class SettingsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Changes a member's settings of a chat, and only where they differ. One statement, so atomic.
   *
   * A chat that leaves the inbox is locked, and noted as one that the next message must raise: whatever is written from
   * here on brings it back. Chat first, then member, as messages take their locks.
   *
   * @returns the settings, and whether they changed; `undefined` for who is no member
   */
  async change(
    chatId: string,
    userId: string,
    { putInto, takeOutOf, mute }: SettingsChange,
  ): Promise<{ settings: MemberSettings; changed: boolean } | undefined> {
    const folder = sql`case
      when ${putInto}::text is not null then ${putInto}::text
      when m.folder = any (${[...takeOutOf]}::text[]) then 'inbox'
      else m.folder
    end`;
    const mutedUntil = mute === undefined ? sql`m.muted_until` : sql`${mute}::timestamptz`;
    const { rows } = await sql<MemberSettings & { changed: boolean }>`
      with leaving as materialized (
        select c.id
          from chat.chats c
         where ${putInto}::text is not null
           and c.id = ${chatId}
           and exists (select 1 from chat.chat_members m where m.chat_id = c.id and m.user_id = ${userId})
           for no key update
      ),
      awaiting as (
        update chat.chats c set raised_at = '-infinity' from leaving where c.id = leaving.id
      ),
      wanted as materialized (
        select m.chat_id, m.user_id, m.folder as old_folder, m.muted_until as old_muted_until,
               ${folder} as folder, ${mutedUntil} as muted_until
          from chat.chat_members m
         where m.chat_id = ${chatId} and m.user_id = ${userId}
           -- Evaluated before the member is locked.
           and (select count(*) from leaving) >= 0
           for update of m
      ),
      changed as (
        update chat.chat_members m
           set folder = wanted.folder, muted_until = wanted.muted_until
          from wanted
         where m.chat_id = wanted.chat_id and m.user_id = wanted.user_id
           and (wanted.folder, wanted.muted_until) is distinct from (wanted.old_folder, wanted.old_muted_until)
        returning m.chat_id
      )
      select folder, coalesce(muted_until > now(), false) as muted,
             case when muted_until > now() then nullif(muted_until, 'infinity') end as "mutedUntil",
             exists (select 1 from changed) as changed
        from wanted`.execute(this.db);
    const [row] = rows;
    if (row === undefined) {
      return undefined;
    }
    const { changed, ...settings } = row;
    return { settings, changed };
  }
}
