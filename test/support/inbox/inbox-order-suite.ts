import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeAdd } from '../../../src/groups/group-rules.js';
import { InboxRepository } from '../../../src/inbox/inbox.repository.js';
import type { InboxPosition } from '../../../src/inbox/inbox-cursor.js';
import { SettingsRepository } from '../../../src/inbox/settings.repository.js';
import { StoredGroups } from '../groups/stored-groups.js';
import { draftOf, type MessageStore, type StoredPair } from '../messages/message-store.js';

const WINDOW_SECONDS = 60;

interface StoredActivity {
  id: string;
  /** Seconds before now of what the index has, and how much later the true activity is. */
  storedAgo: number;
  ahead: number;
}

/** How the order of an inbox is stored and read, on any database. @param open a migrated one */
export function describeInboxOrder(open: () => Promise<MessageStore>): void {
  describe('the order of an inbox', () => {
    let store: MessageStore;
    let inbox: InboxRepository;

    beforeAll(async () => {
      store = await open();
      inbox = new InboxRepository(store.db);
    });
    afterAll(() => store.close());

    async function walk(userId: string, limit: number): Promise<string[]> {
      const ids: string[] = [];
      let after: InboxPosition | null = null;
      for (;;) {
        const rows = await inbox.page(userId, { folder: 'inbox', after, limit });
        ids.push(...rows.map(({ chat }) => chat.id));
        const last = rows.at(-1);
        if (last === undefined || rows.length < limit) {
          return ids;
        }
        after = last.position;
      }
    }

    /** Chats as a history of messages may have left them: the stored activity lags behind by less than a window. */
    async function newInbox(chats: readonly StoredActivity[]): Promise<string> {
      const userId = `user-${randomUUID()}`;
      await sql`
        with stored as (
          select x.id, now() - x."storedAgo" * interval '1 second' as stored,
                 now() + (x.ahead - x."storedAgo") * interval '1 second' as active
            from jsonb_to_recordset(${JSON.stringify(chats)}::jsonb) as x (id uuid, "storedAgo" float8, ahead float8)
        ),
        opened as (
          insert into chat.chats (id, type, buyer_id, seller_id, last_message_at, raised_at)
          select id, 'direct', id::text, ${userId}, active, stored from stored
        )
        insert into chat.chat_members (chat_id, user_id, role, activity_at)
        select id, ${userId}, 'seller', stored from stored`.execute(store.db);
      return userId;
    }

    it('is that of the true activity, in pages of any size, wherever the stored one lags', async () => {
      const seconds = fc.oneof(fc.integer({ min: 0, max: 5 * WINDOW_SECONDS }), fc.constantFrom(0, 60, 120));
      const lag = fc.oneof(fc.integer({ min: 0, max: WINDOW_SECONDS - 1 }), fc.constantFrom(0, 59.999));
      const activity = fc.record({ id: fc.uuid(), storedAgo: seconds, ahead: lag });
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(activity, { selector: ({ id }) => id, maxLength: 40 }),
          fc.integer({ min: 1, max: 12 }),
          async (chats, limit) => {
            const userId = await newInbox(chats.map((chat) => ({ ...chat, id: randomUUID() })));
            const { rows } = await sql<{ id: string }>`
              select c.id from chat.chats c where c.seller_id = ${userId}
               order by c.last_message_at desc, c.id desc`.execute(store.db);
            expect(await walk(userId, limit)).toEqual(rows.map(({ id }) => id));
          },
        ),
        { numRuns: 60 },
      );
    });

    async function storedState({ chatId, sellerId }: StoredPair) {
      const { rows } = await sql<{ raised: string; members: string[]; unread: boolean; folder: string }>`
        select c.raised_at::text as raised,
               (select array_agg(m.activity_at::text order by m.user_id) from chat.chat_members m where m.chat_id = c.id)
                 as members,
               mine.maybe_unread as unread, mine.folder
          from chat.chats c
          join chat.chat_members mine on mine.chat_id = c.id and mine.user_id = ${sellerId}
         where c.id = ${chatId}`.execute(store.db);
      const [row] = rows;
      if (row === undefined) {
        throw new Error('unable to look at the chat; there is none');
      }
      return row;
    }

    /** As if the last raise had been long ago. */
    async function age({ chatId }: Pick<StoredPair, 'chatId'>): Promise<void> {
      await sql`update chat.chats set raised_at = raised_at - interval '1 hour' where id = ${chatId}`.execute(store.db);
      await sql`update chat.chat_members set activity_at = activity_at - interval '1 hour' where chat_id = ${chatId}`.execute(
        store.db,
      );
    }

    it('costs a message nothing while the chat was raised lately, and one raise of both members when it was not', async () => {
      const pair = await store.newPair();
      const opened = await storedState(pair);
      await store.messages.append([draftOf(pair), draftOf(pair, { senderId: pair.sellerId })]);
      expect(await storedState(pair)).toEqual(opened);

      await age(pair);
      const aged = await storedState(pair);
      await store.messages.append([draftOf(pair), draftOf(pair)]);
      const raised = await storedState(pair);
      expect(raised.raised).not.toBe(aged.raised);
      expect(raised.members).toEqual([raised.raised, raised.raised]);

      await store.messages.append([draftOf(pair)]);
      expect(await storedState(pair)).toEqual(raised);
    });

    it('is left alone by what stores nothing: repeats, and messages of strangers', async () => {
      const pair = await store.newPair();
      const draft = draftOf(pair);
      await store.messages.append([draft]);
      await age(pair);
      const aged = await storedState(pair);

      await store.messages.append([
        draftOf(pair, { clientMessageId: draft.clientMessageId }),
        draftOf(pair, { senderId: 'stranger' }),
      ]);

      expect(await storedState(pair)).toEqual(aged);
    });

    it('forgets read chats in the count only when the next message is sure to bring them back', async () => {
      const pair = await store.newPair();
      await store.messages.append([draftOf(pair)]);
      await age(pair);
      expect(await inbox.unread(pair.sellerId)).toMatchObject({ unreadCount: 1, settleable: 0 });
      expect(await inbox.settle(pair.sellerId, 10)).toBe(0);

      await store.messages.append([draftOf(pair, { senderId: pair.sellerId })]);
      // Read, but raised a moment ago: a message that comes now would not raise it again.
      expect(await inbox.settle(pair.sellerId, 10)).toBe(0);
      await age(pair);
      expect(await inbox.unread(pair.sellerId)).toEqual({ unreadCount: 0, unreadChats: 0, settleable: 1 });
      expect(await inbox.settle(pair.sellerId, 10)).toBe(1);
      expect(await inbox.settle(pair.sellerId, 10)).toBe(0);
      expect(await storedState(pair)).toMatchObject({ unread: false });

      await store.messages.append([draftOf(pair)]);
      expect(await storedState(pair)).toMatchObject({ unread: true });
      expect(await inbox.unread(pair.sellerId)).toMatchObject({ unreadCount: 1, unreadChats: 1 });
    });

    it('puts a new member of a group where the others stand, also when the word of his coming raises it', async () => {
      const groups = new StoredGroups(store);
      const [ownerId, newcomerId] = [`owner-${randomUUID()}`, `newcomer-${randomUUID()}`];
      const chatId = await groups.open([{ userId: ownerId, role: 'owner' }]);
      await age({ chatId });

      await groups.repository.change(chatId, ownerId, (group) => judgeAdd(group, ownerId, [newcomerId], 2));

      const { rows } = await sql<{ activity: string; raised: string; said: string }>`
        select m.activity_at::text as activity, c.raised_at::text as raised, c.last_message_at::text as said
          from chat.chats c
          join chat.chat_members m on m.chat_id = c.id
         where c.id = ${chatId}`.execute(store.db);
      expect(rows).toHaveLength(2);
      for (const { activity, raised, said } of rows) {
        expect([activity, raised]).toEqual([said, said]);
      }
      expect(await walk(newcomerId, 5)).toEqual([chatId]);
    });

    it.each(['archive', 'hidden'] as const)('has a chat in the %s come back by the next message', async (folder) => {
      const pair = await store.newPair();
      const settings = new SettingsRepository(store.db);
      const put = { putInto: folder, takeOutOf: [], mute: undefined };
      expect(await settings.change(pair.chatId, pair.sellerId, put)).toMatchObject({ changed: true });
      expect(await settings.change(pair.chatId, pair.sellerId, put)).toMatchObject({ changed: false });
      expect(await settings.change(pair.chatId, 'stranger', put)).toBeUndefined();
      expect(await storedState(pair)).toMatchObject({ folder, raised: '-infinity' });

      await store.messages.append([draftOf(pair)]);

      expect(await storedState(pair)).toMatchObject({ folder: 'inbox', unread: true });
      expect(await walk(pair.sellerId, 5)).toEqual([pair.chatId]);
    });
  });
}
