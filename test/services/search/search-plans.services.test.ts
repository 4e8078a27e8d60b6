import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { SearchRepository } from '../../../src/search/search.repository.js';
import { MessageStore } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

const TABLES = ['chats', 'chat_members', 'messages', 'message_words'] as const;
const CHATS = 10_000;

/** A seller with 10,000 chats of two messages, and as many chats of others; all of them say the same words. */
describeWithServices('searching among 40 000 messages', (services) => {
  let store: MessageStore;
  let search: SearchRepository;

  beforeAll(async () => {
    // One connection: what it planned while the tables were empty is what it uses when they are full.
    store = await MessageStore.postgres((await services.freshDatabase()).url, 1);
    search = new SearchRepository(store.db, loadConfig({}).config);
    for (let run = 0; run < 6; run += 1) {
      await find('seller', 'hello');
    }
    await fill();
  }, 120_000);
  afterAll(() => store.close());

  const find = (userId: string, query: string) =>
    search.find({ userId, query, chatId: undefined, cursor: undefined, limit: 20 });

  async function fill(): Promise<void> {
    await sql`
      with filled as (
        insert into chat.chats (id, type, buyer_id, seller_id, last_seq, last_rev)
        select gen_random_uuid(), 'direct', 'buyer ' || n, case when n <= ${CHATS} then 'seller' else 'seller ' || n end, 2, 2
          from generate_series(1, ${2 * CHATS}::integer) n
        returning id, buyer_id, seller_id
      ),
      buyers as (insert into chat.chat_members (chat_id, user_id, role) select id, buyer_id, 'buyer' from filled),
      sellers as (insert into chat.chat_members (chat_id, user_id, role) select id, seller_id, 'seller' from filled)
      insert into chat.messages (chat_id, seq, rev, id, sender_id, type, text, client_message_id, created_at)
      select id, n, n, gen_random_uuid(), buyer_id, 'text', 'hello from ' || buyer_id, n, now()
        from filled cross join generate_series(1, 2) n`.execute(store.db);
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      const seen = await search.dueAfter(after, 1_000);
      if (seen === null) {
        break;
      }
      await search.index(seen.due, 10);
      after = seen.lastId;
    }
    for (const table of TABLES) {
      await sql`vacuum analyze ${sql.table(`chat.${table}`)}`.execute(store.db);
    }
  }

  /** How much of each table was read, by index and from end to end, for one search. */
  async function costOf(userId: string, query: string) {
    const before = await reads();
    const found = await find(userId, query);
    const after = await reads();
    const cost = Object.fromEntries(
      after.map(({ table, fetched }, index) => [table, fetched - (before[index]?.fetched ?? 0)]),
    );
    expect(after.map(({ whole }) => whole)).toEqual(before.map(({ whole }) => whole));
    return { found, cost };
  }

  async function reads() {
    await sql`select pg_stat_force_next_flush()`.execute(store.db);
    const { rows } = await sql<{ table: string; whole: number; fetched: number }>`
      select relname as table, seq_scan::int as whole, idx_tup_fetch::int as fetched
        from pg_stat_user_tables where schemaname = 'chat' and relname in (${sql.join([...TABLES])})
       order by relname`.execute(store.db);
    return rows;
  }

  it('for a rare word reads what has it', async () => {
    const { found, cost } = await costOf('seller', '"buyer 77"');
    expect(found.map(({ text }) => text)).toEqual(['hello from buyer 77', 'hello from buyer 77']);
    expect(cost.message_words).toBeLessThan(20);
    expect(cost.messages).toBeLessThan(20);
  });

  it('for a word that everybody uses reads what lies in the user’s own chats, and messages only for the page', async () => {
    const { found: ofBuyer, cost: small } = await costOf('buyer 77', 'hello');
    expect(ofBuyer).toHaveLength(2);
    expect(small.message_words).toBeLessThan(20);
    expect(small.messages).toBeLessThan(20);

    const { found: ofSeller, cost: large } = await costOf('seller', 'hello');
    expect(ofSeller).toHaveLength(20);
    expect(large.message_words).toBeLessThanOrEqual(2 * CHATS + 20);
    expect(large.messages).toBeLessThanOrEqual(40);
    // His ten thousand direct chats are not looked through for groups.
    expect(large.chat_members).toBeLessThanOrEqual(40);
  });

  it('for a word that only others use reads next to nothing', async () => {
    const { found, cost } = await costOf('seller', '"buyer 15000"');
    expect(found).toEqual([]);
    expect(cost.message_words).toBeLessThan(20);
  });
});
