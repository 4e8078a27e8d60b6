import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BEFORE_ALL_CHATS } from '../../../src/admin/cursor.js';
import { UserRecordsRepository } from '../../../src/admin/user-records.repository.js';
import { BlocksRepository } from '../../../src/blocks/blocks.repository.js';
import { AuthoredMessagesRepository } from '../../../src/messages/authored-messages.repository.js';
import { GivenReactionsRepository } from '../../../src/messages/given-reactions.repository.js';
import { PresenceRepository } from '../../../src/presence/presence.repository.js';
import { EVERYTHING } from '../../../src/receipts/marks.js';
import { ReceiptsRepository } from '../../../src/receipts/receipts.repository.js';
import { draftOf, MessageStore, type StoredPair, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

const TABLES = ['chats', 'chat_members', 'messages', 'chat_context', 'blocks', 'user_presence'] as const;

describeWithServices('with 50 000 messages in 5 000 chats', (services) => {
  let store: MessageStore;
  let pair: StoredPair;

  beforeAll(async () => {
    // One connection: what it planned while the tables were empty is what it uses when they are full.
    store = await MessageStore.postgres((await services.freshDatabase()).url, 1);
    pair = await store.newPair();
    for (const _ of upTo(10)) {
      await useEverything();
    }
    await fill();
  });
  afterAll(() => store.close());

  async function useEverything(): Promise<void> {
    const draft = draftOf(pair, { productId: 'p-1' });
    await store.messages.append([draft, draftOf(pair, { senderId: 'stranger' })]);
    await store.messages.append([draftOf(pair, { clientMessageId: draft.clientMessageId })]);
    await store.messages.append([draftOf(pair, { replyTo: draft.id })]);
    await store.messages.find(pair.chatId, draft.id, pair.buyerId);
    await store.messages.change({ chatId: pair.chatId, messageId: draft.id, editorId: pair.buyerId }, () => ({
      kind: 'edit',
      text: 'edited',
    }));
    await store.messages.changesAfter(pair.buyerId, [{ chatId: pair.chatId, rev: 5 }], { perChat: 50, total: 50 });
    const receipts = new ReceiptsRepository(store.db);
    await receipts.seqOf(pair.chatId, draft.id);
    await receipts.advance([{ chatId: pair.chatId, userId: pair.sellerId, readSeq: 5, deliveredSeq: EVERYTHING }]);
    await store.messages.page(pair.chatId, { limit: 50 }, pair.buyerId);
    await store.messages.page(pair.chatId, { beforeSeq: 5, limit: 50 }, pair.buyerId);
    await store.messages.page(pair.chatId, { afterSeq: 5, limit: 50 }, pair.buyerId);
    await store.members.isMember(pair.chatId, pair.buyerId);
    await store.members.list(pair.chatId, pair.buyerId);
    await store.members.membersOf([pair.chatId]);
    await store.members.receiverStates([{ chatId: pair.chatId, userId: pair.sellerId, senderId: pair.buyerId }]);
    const presence = new PresenceRepository(store.db);
    await presence.audiencesOf([pair.buyerId], 100);
    await presence.visibleContactsOf(pair.buyerId, 100);
    await presence.visibleContactsAmong(pair.buyerId, [pair.sellerId, 'stranger']);
    await presence.known(pair.buyerId, pair.sellerId);
    await presence.sawLast(new Map([[pair.buyerId, new Date()]]));
    await presence.hide(pair.buyerId, null);
    await presence.show(pair.buyerId);
    const blocks = new BlocksRepository(store.db);
    await blocks.block({ blockerId: pair.buyerId, blockedId: 'stranger' });
    await blocks.list(pair.buyerId, undefined, 10);
    await blocks.unblock({ blockerId: pair.buyerId, blockedId: 'stranger' });
    await store.chats.find(pair.chatId);
    await store.chats.findByKey({ ...pair, keyProductId: null });
    await store.chats.setProduct(pair.chatId, 'p-2');
    await store.chats.setClosed(pair.chatId, false);
    await store.chats.ofMember(pair.buyerId, BEFORE_ALL_CHATS, 100);
    await store.members.chatIdsOf(pair.buyerId, BEFORE_ALL_CHATS, 100);
    await store.members.isClosed(pair.chatId);
    const authored = new AuthoredMessagesRepository(store.db);
    await authored.page(pair.chatId, pair.buyerId, '', 100);
    await authored.versionsOf(pair.chatId, pair.buyerId, null, 100);
    await authored.versions(pair.chatId, draft.id, { afterRev: 0, limit: 10 });
    await authored.erase(pair.chatId, pair.buyerId, draft.clientMessageId, 10);
    const reactions = new GivenReactionsRepository(store.db);
    await store.messages.change({ chatId: pair.chatId, messageId: draft.id, editorId: pair.sellerId }, () => ({
      kind: 'react',
      reactions: [{ emoji: '👍', userIds: [pair.sellerId] }],
    }));
    await reactions.page(pair.chatId, pair.sellerId, 0, 10);
    await reactions.erase(pair.chatId, pair.sellerId, 0, 10);
    const records = new UserRecordsRepository(store.db);
    await records.page(pair.buyerId, [0, ''], 100);
    await records.erase(pair.buyerId, 100);
  }

  async function fill(): Promise<void> {
    await sql`
      with filled as (
        insert into chat.chats (id, type, buyer_id, seller_id, last_seq, last_rev)
        select gen_random_uuid(), 'direct', 'b' || n, 's' || n % 100, 9, 9 from generate_series(1, 5000) n
        returning id, buyer_id, seller_id
      ),
      buyers as (insert into chat.chat_members (chat_id, user_id, role) select id, buyer_id, 'buyer' from filled),
      sellers as (insert into chat.chat_members (chat_id, user_id, role) select id, seller_id, 'seller' from filled),
      blocks as (
        insert into chat.blocks (blocker_id, blocked_id) select seller_id, buyer_id from filled where random() < 0.2
      ),
      seen as (
        insert into chat.user_presence (user_id, last_seen_at, invisible) select buyer_id, now(), random() < 0.01 from filled
      ),
      contexts as (insert into chat.chat_context (chat_id, product_id) select id, 'p' from filled)
      insert into chat.messages (chat_id, seq, rev, id, sender_id, type, text, client_message_id, created_at)
      select id, n, n, gen_random_uuid(), buyer_id, 'text', 'hello', n, now()
        from filled cross join generate_series(1, 9) n`.execute(store.db);
    // And one long conversation.
    await store.messages.append(upTo(5_000).map(() => draftOf(pair)));
    for (const table of TABLES) {
      await sql`analyze ${sql.table(`chat.${table}`)}`.execute(store.db);
    }
  }

  /** How often each table was read from end to end, and how often through an index, by everything so far. */
  async function scans() {
    await sql`select pg_stat_force_next_flush()`.execute(store.db);
    const { rows } = await sql<{ table: string; whole: number; indexed: number }>`
      select relname as table, seq_scan::int as whole, idx_scan::int as indexed
        from pg_stat_user_tables where schemaname = 'chat' and relname in (${sql.join([...TABLES])})
       order by relname`.execute(store.db);
    return rows;
  }

  it('has every statement find its rows through an index', async () => {
    const before = await scans();
    expect(before).toHaveLength(TABLES.length);

    await useEverything();

    const after = await scans();
    expect(after.map(({ table, whole }) => [table, whole])).toEqual(before.map(({ table, whole }) => [table, whole]));
    for (const [index, { table, indexed }] of after.entries()) {
      expect(indexed, table).toBeGreaterThan(before[index]?.indexed ?? 0);
    }
  });

  it('reads a page as one range of the primary key, without sorting', async () => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select * from chat.messages where chat_id = ${pair.chatId} and seq < 900 order by seq desc limit 51`.execute(
      store.db,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Scan Backward using messages_pkey/);
    expect(plan).not.toMatch(/Sort|Seq Scan/);
  });
});
