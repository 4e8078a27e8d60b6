import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Profile } from '../contract/index.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';

@Injectable()
export class ProfilesRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Keeps profiles, and writes only those that differ from what is kept. Rows are taken in the order of their keys, so two
   * batches cannot wait for each other.
   */
  async keep(profiles: ReadonlyMap<string, Profile>): Promise<void> {
    const told = JSON.stringify([...profiles].map(([userId, profile]) => ({ userId, ...profile })));
    await sql`
      insert into chat.user_profiles as known (user_id, username, first_name, last_name, avatar_url, role)
      select told.*
        from jsonb_to_recordset(${told}::jsonb) as told
               ("userId" text, username text, "firstName" text, "lastName" text, "avatarUrl" text, role text)
       where not exists (
         select 1
           from chat.user_profiles same
          where same.user_id = told."userId"
            and (same.username, same.first_name, same.last_name, same.avatar_url, same.role)
                is not distinct from (told.username, told."firstName", told."lastName", told."avatarUrl", told.role)
       )
       order by told."userId"
      on conflict (user_id) do update
         set username = excluded.username, first_name = excluded.first_name, last_name = excluded.last_name,
             avatar_url = excluded.avatar_url, role = excluded.role, updated_at = now()`.execute(this.db);
  }

  /** The profiles of users; those without one are absent. */
  async find(userIds: readonly string[]): Promise<Map<string, Profile>> {
    const rows = await this.db
      .selectFrom('chat.user_profiles')
      .select(['user_id', 'username', 'first_name', 'last_name', 'avatar_url', 'role'])
      .where('user_id', 'in', userIds)
      .execute();
    return new Map(
      rows.map((row) => [
        row.user_id,
        {
          username: row.username,
          firstName: row.first_name,
          lastName: row.last_name,
          avatarUrl: row.avatar_url,
          role: row.role,
        },
      ]),
    );
  }
}
