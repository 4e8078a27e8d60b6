import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, joinedPair, newUserId } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { wholeInbox } from './inbox-suite.js';

/** What `chat:settings` does, on any database. @param start without rate limits */
export function describeChatSettings(start: () => Promise<TestChat>): void {
  describe('the settings of a chat', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start();
    });
    afterAll(() => chat.stop());

    const PLAIN = { archived: false, hidden: false, muted: false, mutedUntil: null };

    it('are told to all sockets of the user, and to nobody else', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const phone = await chat.connect(sellerId);

      const settings = await seller.get('chat:settings', { chatId, muted: true });

      expect(settings).toEqual({ chatId, ...PLAIN, muted: true });
      for (const device of [seller, phone]) {
        expect(await device.event('chat:settings')).toEqual(settings);
      }
      await buyer.barrier();
      expect(buyer.received('chat:settings')).toEqual([]);
      expect((await buyer.get('chat:join', { chatId })).settings).toEqual({ chatId, ...PLAIN });
      expect((await phone.get('chat:join', { chatId })).settings).toEqual(settings);
    });

    it('that change nothing are answered and told to nobody', async () => {
      const { seller, sellerId, chatId } = await connectPair(chat);
      const phone = await chat.connect(sellerId);
      await seller.get('chat:settings', { chatId, archived: true, muted: true });
      await phone.event('chat:settings');

      for (const again of [{}, { muted: true }, { archived: true }, { hidden: false }]) {
        expect(await seller.get('chat:settings', { chatId, ...again })).toMatchObject({ archived: true, muted: true });
      }
      await Promise.all([seller.barrier(), phone.barrier()]);
      expect(phone.received('chat:settings')).toHaveLength(1);
    });

    it('are refused to who is no member', async () => {
      const { chatId } = await connectPair(chat);
      const stranger = await chat.connect(newUserId());
      for (const change of [{ muted: true }, { archived: true }, { hidden: true }, {}]) {
        expectRefusal(await stranger.failure('chat:settings', { chatId, ...change }), 'CHAT_NOT_FOUND');
      }
    });

    it('archive a chat: it is in the archive instead of the inbox, for this user only', async () => {
      const { buyer, seller, chatId } = await connectPair(chat);
      await seller.get('chat:settings', { chatId, archived: true });

      expect(await wholeInbox(seller, 10)).toEqual([]);
      expect(await wholeInbox(seller, 10, true)).toMatchObject([
        { chat: { id: chatId }, settings: { archived: true } },
      ]);
      expect(await wholeInbox(buyer, 10)).toHaveLength(1);

      await seller.get('chat:settings', { chatId, archived: false });
      expect(await wholeInbox(seller, 10)).toHaveLength(1);
      expect(await wholeInbox(seller, 10, true)).toEqual([]);
    });

    it('hide a chat: it is in no list, keeps its history, and stays open to who knows it', async () => {
      const { buyer, seller, chatId } = await connectPair(chat);
      await buyer.get('message:send', { chatId, text: 'before' });
      expect(await seller.get('chat:hide', { chatId })).toMatchObject({ chatId, hidden: true });

      expect(await wholeInbox(seller, 10)).toEqual([]);
      expect(await wholeInbox(seller, 10, true)).toEqual([]);
      expect(await wholeInbox(buyer, 10)).toHaveLength(1);
      expect(await seller.event('chat:settings')).toMatchObject({ chatId, hidden: true });
      const joined = await seller.get('chat:join', { chatId });
      expect(joined.messages.map(({ text }) => text)).toEqual(['before']);
      expect(joined.settings).toMatchObject({ hidden: true });
    });

    it.each(['archived', 'hidden'] as const)('let a chat that is %s come back with the next message', async (place) => {
      const { buyer, seller, chatId } = await connectPair(chat);
      // At once after other messages, when nothing else would move the chat in the stored order.
      for (const text of ['one', 'two', 'three']) {
        await buyer.get('message:send', { chatId, text });
        await seller.get('chat:settings', { chatId, [place]: true });
        await buyer.get('chat:settings', { chatId, [place]: true });
        expect(await wholeInbox(seller, 10)).toEqual([]);
      }

      await buyer.get('message:send', { chatId, text: 'four' });

      for (const client of [seller, buyer]) {
        expect(await wholeInbox(client, 10)).toMatchObject([
          { lastMessage: { text: 'four' }, settings: { archived: false, hidden: false } },
        ]);
      }
      expect(await seller.get('chat:unread-count', {})).toEqual({ unreadCount: 4, unreadChats: 1 });
    });

    it('put a chat into one place at a time', async () => {
      const { seller, chatId } = await connectPair(chat);
      const places = [
        [{ archived: true }, { archived: true, hidden: false }],
        [{ hidden: true }, { archived: false, hidden: true }],
        [{ archived: false }, { archived: false, hidden: true }],
        [
          { archived: true, hidden: false },
          { archived: true, hidden: false },
        ],
        [{ hidden: false }, { archived: true, hidden: false }],
        [
          { archived: false, hidden: false },
          { archived: false, hidden: false },
        ],
      ] as const;
      for (const [change, expected] of places) {
        expect(await seller.get('chat:settings', { chatId, ...change }), JSON.stringify(change)).toMatchObject(
          expected,
        );
      }
      expectRefusal(
        await seller.failure('chat:settings', { chatId, archived: true, hidden: true }),
        'VALIDATION_FAILED',
      );
    });

    it('mute a chat for a time or for good, and unmute it, wherever it lies', async () => {
      const { seller, chatId } = await connectPair(chat);
      const until = '2999-01-01T00:00:00.000Z';
      const steps = [
        [{ mutedUntil: until }, { muted: true, mutedUntil: until }],
        [{ muted: true }, { muted: true, mutedUntil: null }],
        [{ archived: true }, { muted: true, mutedUntil: null, archived: true }],
        [{ mutedUntil: '2000-01-01T00:00:00Z' }, { muted: false, mutedUntil: null, archived: true }],
        [
          { muted: true, mutedUntil: until },
          { muted: true, mutedUntil: until },
        ],
        [{ muted: false }, { muted: false, mutedUntil: null, archived: true }],
      ] as const;
      for (const [change, expected] of steps) {
        expect(await seller.get('chat:settings', { chatId, ...change }), JSON.stringify(change)).toMatchObject(
          expected,
        );
      }
    });
  });
}
