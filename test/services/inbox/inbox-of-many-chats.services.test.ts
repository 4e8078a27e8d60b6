import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InboxRepository } from '../../../src/inbox/inbox.repository.js';
import { InboxService } from '../../../src/inbox/inbox.service.js';
import type { PresenceService } from '../../../src/presence/presence.service.js';
import type { ProfilesService } from '../../../src/profiles/profiles.service.js';
import { MessageStore } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

const TABLES = ['chats', 'chat_members', 'messages', 'user_profiles'] as const;
const PAGE = 10;

describeWithServices('an inbox of 10 000 chats', (services) => {
  let store: MessageStore;
  let inbox: InboxRepository;

  beforeAll(async () => {
    // One connection: its statistics are those of the statements before.
    store = await MessageStore.postgres((await services.freshDatabase()).url, 1);
    inbox = new InboxRepository(store.db);
    await sql`
      with filled as (
        insert into chat.chats (id, type, buyer_id, seller_id, last_seq, last_rev, last_message_at, raised_at)
        select gen_random_uuid(), 'direct', 'b' || n, case when n <= ${PAGE} then 'few' else 'many' end, 1, 1,
               now() - n * interval '5 minutes', now() - n * interval '5 minutes'
          from generate_series(1, 10000) n
        returning id, buyer_id, seller_id, last_message_at
      ),
      members as (
        insert into chat.chat_members (chat_id, user_id, role, last_read_seq, activity_at, maybe_unread)
        select id, member.user_id, member.role, 1, last_message_at, member.maybe_unread
          from filled
         cross join lateral (
           values (buyer_id, 'buyer', false), (seller_id, 'seller', true)
         ) as member (user_id, role, maybe_unread)
      )
      insert into chat.messages (chat_id, seq, rev, id, sender_id, type, text, client_message_id, created_at)
      select id, 1, 1, gen_random_uuid(), buyer_id, 'text', 'hello', 'k', last_message_at from filled`.execute(
      store.db,
    );
    await sql`
      insert into chat.user_profiles (user_id, username) select 'b' || n, 'buyer ' || n from generate_series(1, 10000) n`.execute(
      store.db,
    );
    for (const table of TABLES) {
      await sql`analyze ${sql.table(`chat.${table}`)}`.execute(store.db);
    }
  });
  afterAll(() => store.close());

  /** Rows that were read since the server began to count, by table; whole scans count all they read. */
  async function rowsRead(): Promise<Record<string, number>> {
    await sql`select pg_stat_force_next_flush()`.execute(store.db);
    const { rows } = await sql<{ table: string; read: number }>`
      select relname as table, (seq_tup_read + idx_tup_fetch)::int as read
        from pg_stat_user_tables where schemaname = 'chat' and relname in (${sql.join([...TABLES])})`.execute(store.db);
    return Object.fromEntries(rows.map(({ table, read }) => [table, read]));
  }

  async function costOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = await rowsRead();
    await work();
    const after = await rowsRead();
    return Object.fromEntries(TABLES.map((table) => [table, (after[table] ?? 0) - (before[table] ?? 0)]));
  }

  it('costs a page what one of 10 chats costs, on the first page and in the middle', async () => {
    const page = (userId: string) => inbox.page(userId, { folder: 'inbox', after: null, limit: PAGE });
    const few = await costOf(() => page('few'));
    expect(await costOf(() => page('many'))).toEqual(few);

    const [middle] = (await inbox.page('many', { folder: 'inbox', after: null, limit: 5_000 })).slice(-1);
    const after = middle?.position ?? null;
    const further = await costOf(() => inbox.page('many', { folder: 'inbox', after, limit: PAGE }));
    // And the chat that the cursor names, to find that it was shown already.
    const [chats, members] = [(few.chats ?? 0) + 1, (few.chat_members ?? 0) + 1];
    expect(further).toEqual({ ...few, chats, chat_members: members });
    // One look-up each for the chat, its last message, the profile; own and peer's membership.
    expect(few).toMatchObject({ chats: PAGE, messages: PAGE, user_profiles: PAGE });
  });

  it('costs the count of unread messages what is unread, once it has looked at the chats', async () => {
    const service = new InboxService(inbox, {} as PresenceService, {} as ProfilesService);
    const first = await costOf(() => service.unreadCount('many'));
    expect(first.chats).toBeGreaterThan(9_000);
    await service.onModuleDestroy();

    await sql`update chat.chats set last_seq = 3 where seller_id = 'many' and buyer_id in ('b50', 'b500')`.execute(
      store.db,
    );
    await sql`
      update chat.chat_members m set maybe_unread = true
        from chat.chats c where c.id = m.chat_id and c.seller_id = 'many' and c.last_seq = 3`.execute(store.db);
    const again = await costOf(async () => {
      expect(await service.unreadCount('many')).toEqual({ unreadCount: 4, unreadChats: 2 });
    });
    expect(again.chats).toBe(2);
  });
});
