import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InboxPage, type InboxChat as WireInboxChat } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { connectPair, joinedPair, newUserId, profilesKnown } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';

const idsOf = (chats: readonly WireInboxChat[]): string[] => chats.map(({ chat }) => chat.id);

/** Every row from the first page to the last. */
export async function wholeInbox(client: TestClient, limit: number, archived = false): Promise<WireInboxChat[]> {
  const rows: WireInboxChat[] = [];
  let cursor: string | null = null;
  do {
    const page: InboxPage = await client.get('chat:list', { cursor, limit, archived });
    rows.push(...page.chats);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

/** What `chat:list` and `chat:unread-count` do, on any database. @param start without rate limits */
export function describeInbox(start: () => Promise<TestChat>): void {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await start();
  });
  afterAll(() => chat.stop());

  /** A seller, and chats with buyers of his who are not connected, the first opened first. */
  async function sellerWithChats(count: number): Promise<{ seller: TestClient; sellerId: number; chatIds: string[] }> {
    const sellerId = newUserId();
    const seller = await chat.connect(sellerId);
    const chatIds: string[] = [];
    for (let opened = 0; opened < count; opened++) {
      chatIds.push((await seller.get('chat:create', { buyerId: newUserId(), sellerId })).id);
    }
    return { seller, sellerId, chatIds };
  }

  describe('the inbox', () => {
    it('shows of each chat the peer, the last message, what is unread, the product, presence, marks and settings', async () => {
      const pair = await connectPair(chat);
      const { buyer, buyerId, seller, sellerId, chatId } = pair;
      await profilesKnown(pair);
      await buyer.get('message:send', { chatId, text: 'one', productId: 5 });
      const last = await buyer.get('message:send', { chatId, text: 'two' });
      await seller.get('message:read', { chatId, seq: 1 });

      const page = await seller.get('chat:list', {});

      expect(InboxPage.parse(page)).toEqual(page);
      expect(page).toEqual({
        chats: [
          {
            chat: expect.objectContaining({ id: chatId, buyerId, sellerId, productId: 5, lastSeq: 2 }),
            peer: {
              userId: buyerId,
              role: 'buyer',
              online: true,
              lastReadSeq: 2,
              lastDeliveredSeq: 2,
              profile: expect.objectContaining({ username: `user-${buyerId}`, firstName: 'User' }),
            },
            lastMessage: last,
            activityAt: expect.any(String),
            unreadCount: 1,
            marks: { chatId, userId: sellerId, lastReadSeq: 1, lastDeliveredSeq: 1 },
            settings: { chatId, archived: false, hidden: false, muted: false, mutedUntil: null },
          },
        ],
        senders: [{ userId: buyerId, ...page.chats[0]?.peer?.profile }],
        nextCursor: null,
      });
      expect((await buyer.get('chat:list', null)).chats).toMatchObject([
        { peer: { userId: sellerId, role: 'seller', lastReadSeq: 1 }, unreadCount: 0, lastMessage: last },
      ]);
    });

    it('of a user without chats is empty', async () => {
      const nobody = await chat.connect(newUserId());
      expect(await nobody.get('chat:list', undefined)).toEqual({ chats: [], senders: [], nextCursor: null });
      expect(await nobody.get('chat:unread-count', undefined)).toEqual({ unreadCount: 0, unreadChats: 0 });
    });

    it('shows a chat in which nobody wrote, of which the peer never came', async () => {
      const { seller, chatIds } = await sellerWithChats(1);
      const { chats } = await seller.get('chat:list', {});
      expect(chats).toMatchObject([
        { chat: { id: chatIds[0] }, lastMessage: null, unreadCount: 0, peer: { online: false, profile: null } },
      ]);
      expect(chats[0]?.activityAt).toBe(chats[0]?.chat.createdAt);
    });

    it('shows a deleted last message without its text, in its place', async () => {
      const { buyer, seller, chatId } = await connectPair(chat);
      const { id: messageId } = await buyer.get('message:send', { chatId, text: 'a secret' });
      const deleted = await buyer.get('message:delete', { chatId, messageId });

      const { chats } = await seller.get('chat:list', {});
      expect(chats[0]?.lastMessage).toEqual(deleted);
      expect(JSON.stringify(chats)).not.toContain('a secret');
    });

    it('has the latest activity first, whoever wrote, also when several messages follow each other at once', async () => {
      const { seller, chatIds } = await sellerWithChats(5);
      const [a, b, c, d, e] = chatIds as [string, string, string, string, string];
      expect(idsOf((await seller.get('chat:list', {})).chats)).toEqual([e, d, c, b, a]);

      for (const chatId of [c, a, c, b, a]) {
        await seller.get('message:send', { chatId, text: 'news' });
      }

      for (const limit of [1, 2, 5]) {
        expect(idsOf(await wholeInbox(seller, limit))).toEqual([a, b, c, e, d]);
      }
    });

    it('is not moved by edits, receipts and settings', async () => {
      const { seller, chatIds } = await sellerWithChats(2);
      const [first, second] = chatIds as [string, string];
      const { id: messageId } = await seller.get('message:send', { chatId: first, text: 'first' });
      await seller.get('message:send', { chatId: second, text: 'second' });

      await seller.get('message:edit', { chatId: first, messageId, text: 'edited' });
      await seller.get('message:read', { chatId: first });
      await seller.get('chat:settings', { chatId: first, muted: true });

      expect(idsOf(await wholeInbox(seller, 1))).toEqual([second, first]);
    });

    it('comes in pages that meet: every chat once, however many there are to a page', async () => {
      const { seller, chatIds } = await sellerWithChats(23);
      for (const limit of [1, 7, 22, 23, 24]) {
        expect(idsOf(await wholeInbox(seller, limit))).toEqual(chatIds.toReversed());
      }
    });

    it('shows a chat that moves up between two pages at the top of the next list, and the others once', async () => {
      const { seller, chatIds } = await sellerWithChats(6);
      const [oldest, ...others] = chatIds as [string, ...string[]];
      const first = await seller.get('chat:list', { limit: 3 });
      await seller.get('message:send', { chatId: oldest, text: 'news' });

      const second = await seller.get('chat:list', { limit: 3, cursor: first.nextCursor });

      expect([...idsOf(first.chats), ...idsOf(second.chats)]).toEqual(others.toReversed());
      expect(idsOf((await seller.get('chat:list', { limit: 1 })).chats)).toEqual([oldest]);
    });

    it.each([
      ['text', 'not a cursor'],
      ['empty text', ''],
      ['base64 of something else', Buffer.from('hello').toString('base64url')],
      ['a cursor that was cut off', 'MTcwMDAwMDAwMDAwMDAwMC4wMTkw'],
    ])('refuses a cursor that is %s', async (_, cursor) => {
      const { seller } = await connectPair(chat);
      const failure = await seller.failure('chat:list', { cursor });
      expectRefusal(failure, 'VALIDATION_FAILED');
      expect(failure.details).toEqual([expect.objectContaining({ path: 'cursor' })]);
    });

    it("refuses another user's cursor, one of the caller's other list, and one that was changed", async () => {
      const { seller, chatIds } = await sellerWithChats(3);
      const { nextCursor } = await seller.get('chat:list', { limit: 1 });
      expect(nextCursor).not.toBeNull();
      const later = Buffer.from(`9999999999999999.${chatIds[0]}`).toString('base64url');
      const thief = await sellerWithChats(2);

      const attempts = [
        await thief.seller.failure('chat:list', { cursor: nextCursor }),
        await seller.failure('chat:list', { cursor: nextCursor, archived: true }),
        await seller.failure('chat:list', { cursor: later }),
      ];

      for (const failure of attempts) {
        expectRefusal(failure, 'VALIDATION_FAILED');
        expect(failure.details).toEqual([expect.objectContaining({ path: 'cursor' })]);
      }
      expect(idsOf((await seller.get('chat:list', { limit: 1, cursor: nextCursor })).chats)).toEqual([chatIds[1]]);
    });
  });

  describe('the unread count', () => {
    it('counts messages and chats, follows reading on another device, and forgets what the user answered', async () => {
      const { buyer, seller, sellerId, chatId } = await connectPair(chat);
      const other = await chat.connect(newUserId());
      const otherChat = await seller.get('chat:create', { buyerId: (await whoIs(other)) as number, sellerId });
      await buyer.get('message:send', { chatId, text: '1' });
      await buyer.get('message:send', { chatId, text: '2' });
      await other.get('message:send', { chatId: otherChat.id, text: '3' });
      expect(await seller.get('chat:unread-count', {})).toEqual({ unreadCount: 3, unreadChats: 2 });
      expect(await buyer.get('chat:unread-count', {})).toEqual({ unreadCount: 0, unreadChats: 0 });

      await (await chat.connect(sellerId)).get('message:read', { chatId, seq: 1 });
      expect(await seller.get('chat:unread-count', {})).toEqual({ unreadCount: 2, unreadChats: 2 });

      await seller.get('message:send', { chatId, text: 'an answer' });
      expect(await seller.get('chat:unread-count', {})).toEqual({ unreadCount: 1, unreadChats: 1 });
      expect(await buyer.get('chat:unread-count', {})).toEqual({ unreadCount: 1, unreadChats: 1 });
    });

    it('is the sum of the rows, and leaves out muted, archived and hidden chats', async () => {
      const { seller, sellerId } = await sellerWithChats(0);
      const buyers = await Promise.all([1, 2, 3, 4].map(() => joinedPairWith(sellerId)));
      for (const [index, { buyer, chatId }] of buyers.entries()) {
        for (let sent = 0; sent <= index; sent++) {
          await buyer.get('message:send', { chatId, text: 'hello' });
        }
      }
      const rows = await wholeInbox(seller, 10);
      expect(rows.reduce((sum, { unreadCount }) => sum + unreadCount, 0)).toBe(10);
      expect(await seller.get('chat:unread-count', {})).toEqual({ unreadCount: 10, unreadChats: 4 });

      const [one, two, three] = buyers.map(({ chatId }) => chatId) as [string, string, string];
      await seller.get('chat:settings', { chatId: one, muted: true });
      await seller.get('chat:settings', { chatId: two, archived: true });
      await seller.get('chat:settings', { chatId: three, hidden: true });
      expect(await seller.get('chat:unread-count', {})).toEqual({ unreadCount: 4, unreadChats: 1 });

      await seller.get('chat:settings', { chatId: one, muted: false });
      await seller.get('chat:settings', { chatId: two, archived: false });
      await seller.get('chat:settings', { chatId: three, hidden: false });
      expect(await seller.get('chat:unread-count', {})).toEqual({ unreadCount: 10, unreadChats: 4 });
    });

    async function joinedPairWith(sellerId: number): Promise<{ buyer: TestClient; chatId: string }> {
      const buyerId = newUserId();
      const buyer = await chat.connect(buyerId);
      return { buyer, chatId: (await buyer.get('chat:create', { buyerId, sellerId })).id };
    }
  });

  describe('a notification', () => {
    it('says who wrote, and that the chat is muted where it is', async () => {
      const pair = await joinedPair(chat);
      const { buyer, buyerId, seller, chatId } = pair;
      await profilesKnown(pair);
      await seller.get('chat:leave', { chatId });
      await buyer.get('message:send', { chatId, text: 'loud' });
      const loud = await seller.event('message:notification', ({ message }) => message.text === 'loud');
      expect(loud).toMatchObject({ sender: { userId: buyerId, username: `user-${buyerId}` }, muted: false });

      await seller.get('chat:settings', { chatId, muted: true });
      await buyer.get('message:send', { chatId, text: 'quiet' });
      const quiet = await seller.event('message:notification', ({ message }) => message.text === 'quiet');
      expect(quiet).toMatchObject({ muted: true, unreadCount: 2 });
    });
  });
}

async function whoIs(client: TestClient): Promise<number | string> {
  return (await client.event('connection:success')).userId;
}
