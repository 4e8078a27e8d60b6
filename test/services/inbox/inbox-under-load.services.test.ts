import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InboxRepository } from '../../../src/inbox/inbox.repository.js';
import type { InboxPosition } from '../../../src/inbox/inbox-cursor.js';
import { SettingsRepository } from '../../../src/inbox/settings.repository.js';
import { EVERYTHING } from '../../../src/receipts/marks.js';
import { ReceiptsRepository } from '../../../src/receipts/receipts.repository.js';
import { draftOf, MessageStore, type StoredPair, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

const CHATS = 24;
const ROUNDS = 120;

describeWithServices('an inbox that is read while two instances write into it', (services) => {
  let nodes: [MessageStore, MessageStore];

  beforeAll(async () => {
    const { url } = await services.freshDatabase();
    nodes = [await MessageStore.postgres(url, 4), await MessageStore.postgres(url, 4)];
    // So short that chats are raised all the time, and so long that not every message raises.
    await sql`create or replace function chat.raise_window() returns interval language sql immutable parallel safe
      as $function$ select interval '20 milliseconds' $function$`.execute(nodes[0].db);
  });
  afterAll(() => Promise.all(nodes.map((node) => node.close())));

  const SELLER = 'seller-of-many';

  async function openChats(): Promise<StoredPair[]> {
    const pairs: StoredPair[] = [];
    for (const n of upTo(CHATS)) {
      const pair = { chatId: crypto.randomUUID(), buyerId: `buyer-${n}`, sellerId: SELLER };
      await nodes[0].chats.createUnlessExists({ id: pair.chatId, ...pair, keyProductId: null });
      pairs.push(pair);
    }
    return pairs;
  }

  async function walk(inbox: InboxRepository): Promise<string[]> {
    const ids: string[] = [];
    let after: InboxPosition | null = null;
    for (;;) {
      const rows = await inbox.page(SELLER, { folder: 'inbox', after, limit: 5 });
      ids.push(...rows.map(({ chat }) => chat.id));
      const last = rows.at(-1);
      if (last === undefined || rows.length < 5) {
        return ids;
      }
      after = last.position;
    }
  }

  /** What migration 0009 promises of every row. Empty when it holds. */
  async function brokenPromises() {
    const { rows } = await sql`
      select m.chat_id, m.user_id, m.folder, m.maybe_unread, m.activity_at, c.raised_at, c.last_message_at
        from chat.chat_members m
        join chat.chats c on c.id = m.chat_id
       where c.raised_at > m.activity_at
          or c.last_message_at >= m.activity_at + chat.raise_window()
          or (not m.maybe_unread and c.last_seq > m.last_read_seq)
          or (m.folder <> 'inbox' and c.raised_at <> '-infinity')`.execute(nodes[0].db);
    return rows;
  }

  it('never shows a chat twice, misses none that stays still, and ends in the order of the last messages', async () => {
    const pairs = await openChats();
    const [quiet, busy] = [pairs.slice(0, 8), pairs.slice(8)];
    let writing = true;

    // Nothing here retries: a deadlock in any of these statements fails the test.
    const writers = nodes.map(async ({ messages }, node) => {
      for (const round of upTo(ROUNDS)) {
        const ordered = (round + node) % 2 === 0 ? busy : busy.toReversed();
        await messages.append(ordered.filter((_, index) => (index + round) % 3 === 0).map((pair) => draftOf(pair)));
      }
    });
    const reader = async (): Promise<void> => {
      const receipts = new ReceiptsRepository(nodes[1].db);
      const inbox = new InboxRepository(nodes[1].db);
      while (writing) {
        const marks = pairs.map(({ chatId }) => ({
          chatId,
          userId: SELLER,
          readSeq: EVERYTHING,
          deliveredSeq: EVERYTHING,
        }));
        await receipts.advance(marks.toReversed());
        await inbox.settle(SELLER, 50);
      }
    };
    const mover = async (): Promise<void> => {
      const settings = new SettingsRepository(nodes[0].db);
      for (let turn = 0; writing; turn++) {
        const { chatId, buyerId } = busy[turn % busy.length] as StoredPair;
        const putInto = turn % 2 === 0 ? 'hidden' : 'archive';
        await settings.change(chatId, buyerId, { putInto, takeOutOf: [], mute: undefined });
      }
    };
    const walks: string[][] = [];
    const walker = async (): Promise<void> => {
      const inbox = new InboxRepository(nodes[0].db);
      while (writing) {
        walks.push(await walk(inbox));
      }
    };
    const background = [reader(), mover(), walker()];
    await Promise.all(writers).finally(() => {
      writing = false;
    });
    await Promise.all(background);

    expect(walks.length).toBeGreaterThan(0);
    for (const ids of walks) {
      expect(new Set(ids).size).toBe(ids.length);
      expect(quiet.every(({ chatId }) => ids.includes(chatId))).toBe(true);
    }
    expect(await brokenPromises()).toEqual([]);
    const { rows } = await sql<{ id: string }>`
      select id from chat.chats order by coalesce(last_message_at, created_at) desc, id desc`.execute(nodes[0].db);
    expect(await walk(new InboxRepository(nodes[1].db))).toEqual(rows.map(({ id }) => id));
  });

  it('counts what is unread to the message, whatever was read, settled and sent at once', async () => {
    const [seller, inbox] = [nodes[0], new InboxRepository(nodes[1].db)];
    const { rows } = await sql<{ unread: number; chats: number }>`
      select sum(c.last_seq - m.last_read_seq)::int as unread,
             (count(*) filter (where c.last_seq > m.last_read_seq))::int as chats
        from chat.chat_members m join chat.chats c on c.id = m.chat_id where m.user_id = ${SELLER}`.execute(seller.db);
    expect(await inbox.unread(SELLER)).toMatchObject({ unreadCount: rows[0]?.unread, unreadChats: rows[0]?.chats });
  });
});
