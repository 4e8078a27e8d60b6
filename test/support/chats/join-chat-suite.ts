import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JoinedChat } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, joinedPair, profilesKnown } from './participants.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

/** What `chat:join` and `chat:leave` do, on any database. @param start without rate limits */
export function describeJoiningChats(start: () => Promise<TestChat>): void {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await start();
  });
  afterAll(() => chat.stop());

  describe('joining a chat', () => {
    it('shows the chat, its members with their marks, who types, and the latest messages', async () => {
      const { buyerId, sellerId, buyer, seller, chatId } = await connectPair(chat);
      await seller.get('chat:join', { chatId });
      const sent = await buyer.get('message:send', { chatId, text: 'hello', productId: 5 });
      await seller.get('typing:start', { chatId });

      const joined = await buyer.get('chat:join', { chatId });

      expect(JoinedChat.strict().parse(joined)).toEqual(joined);
      expect(joined.chat).toMatchObject({ id: chatId, buyerId, sellerId, productId: 5, lastSeq: 1, rev: 1 });
      expect(joined.messages).toEqual([sent]);
      expect(joined.hasMore).toBe(false);
      expect(joined.typing).toEqual([sellerId]);
      expect(joined.members.toSorted((a, b) => Number(a.userId) - Number(b.userId))).toEqual([
        expect.objectContaining({ userId: buyerId, role: 'buyer', online: true, lastReadSeq: 1, lastDeliveredSeq: 1 }),
        expect.objectContaining({
          userId: sellerId,
          role: 'seller',
          online: true,
          lastReadSeq: 0,
          lastDeliveredSeq: 0,
        }),
      ]);
      expect(joined.settings).toEqual({ chatId, archived: false, hidden: false, muted: false, mutedUntil: null });
    });

    it('shows as many of the latest messages as asked for', async () => {
      const { buyer, chatId } = await connectPair(chat);
      await Promise.all(upTo(60).map((n) => buyer.get('message:send', { chatId, text: `${n}` })));

      const three = await buyer.get('chat:join', { chatId, limit: 3 });
      expect(three.messages.map(({ seq }) => seq)).toEqual([58, 59, 60]);
      expect(three.hasMore).toBe(true);
      expect((await buyer.get('chat:join', { chatId })).messages).toHaveLength(50);
    });

    it('may be repeated, and each message still comes once', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      await seller.get('chat:join', { chatId });
      await buyer.get('message:send', { chatId, text: 'once' });
      await seller.barrier();
      expect(seller.received('message:new')).toHaveLength(1);
    });

    it('in the middle of a stream of messages misses none of them', async () => {
      const { buyer, sellerId, chatId } = await joinedPair(chat);
      const devices = await Promise.all(upTo(8).map(() => chat.connect(sellerId)));
      const total = 180;

      const sending = Promise.all(upTo(total).map((n) => buyer.get('message:send', { chatId, text: `${n}` })));
      const snapshots: JoinedChat[] = [];
      for (const device of devices) {
        snapshots.push(await device.get('chat:join', { chatId, limit: 200 }));
      }
      await sending;

      for (const [index, device] of devices.entries()) {
        await device.barrier();
        const snapshot = snapshots[index];
        const read = snapshot?.messages.map(({ seq }) => seq) ?? [];
        const live = device.received('message:new').map(({ seq }) => seq);
        expect(read).toEqual(upTo(read.length));
        // Position and messages are read one after the other: the position never promises more than was read.
        expect(snapshot?.chat.lastSeq).toBeLessThanOrEqual(read.length);
        expect(live).toEqual(live.toSorted((a, b) => a - b));
        expect(new Set(live).size).toBe(live.length);
        expect([...new Set([...read, ...live])]).toEqual(upTo(total));
      }
    });
  });

  describe('leaving a chat', () => {
    it('turns messages into notifications on this device, and on no other', async () => {
      const pair = await joinedPair(chat);
      const { buyer, buyerId, seller, sellerId, chatId } = pair;
      await profilesKnown(pair);
      const phone = await chat.connect(sellerId);
      await phone.get('chat:join', { chatId });
      const first = await buyer.get('message:send', { chatId, text: 'both see this' });

      expect(await seller.get('chat:leave', { chatId })).toBeNull();
      const second = await buyer.get('message:send', { chatId, text: 'one sees this' });

      expect(await seller.event('message:notification', ({ message }) => message.seq === 2)).toEqual({
        chatId,
        message: second,
        sender: expect.objectContaining({ userId: buyerId, username: `user-${buyerId}` }),
        unreadCount: 2,
        muted: false,
      });
      await Promise.all([seller.barrier(), phone.barrier()]);
      expect(seller.received('message:new')).toEqual([first]);
      expect(phone.received('message:new')).toEqual([first, second]);
      expect(phone.received('message:notification')).toEqual([]);
    });

    it('ends typing signs too, and may be undone by joining again', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      await seller.get('chat:leave', { chatId });
      await buyer.get('typing:start', { chatId });
      await seller.barrier();
      expect(seller.received('typing:start')).toEqual([]);

      expect((await seller.get('chat:join', { chatId })).typing).toHaveLength(1);
      await buyer.get('typing:stop', { chatId });
      await seller.event('typing:stop');
    });

    it('does no harm where one never was', async () => {
      const { chatId } = await connectPair(chat);
      const { buyer } = await connectPair(chat);
      expect(await buyer.get('chat:leave', { chatId })).toBeNull();
    });
  });
}
