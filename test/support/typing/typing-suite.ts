import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, joinedPair, UNLIMITED } from '../chats/participants.js';
import { type ServerSockets, socketIdOf, watchServerSockets } from '../chats/server-sockets.js';

/** What members see of typing, on any stores. */
export function describeTyping(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a typing sign', () => {
    let chat: TestChat;
    let server: ServerSockets;

    beforeAll(async () => {
      server = watchServerSockets();
      chat = await start({ ...UNLIMITED, TYPING_TTL_SECONDS: '2' });
    });
    afterAll(() => chat.stop());

    it('is shown to the other member, and not to the one who types, on any of his devices', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const phone = await chat.connect(buyerId);
      await phone.get('chat:join', { chatId });

      expect(await buyer.get('typing:start', { chatId })).toBeNull();
      expect(await seller.event('typing:start')).toEqual({ chatId, userId: buyerId, expiresInMs: 2_000 });
      expect(await buyer.get('typing:stop', { chatId })).toBeNull();
      expect(await seller.event('typing:stop')).toEqual({ chatId, userId: buyerId });

      await Promise.all([buyer.barrier(), phone.barrier()]);
      for (const own of [buyer, phone]) {
        expect([...own.received('typing:start'), ...own.received('typing:stop')]).toEqual([]);
      }
    });

    it('is shown on devices that joined the chat, by a member who need not have joined', async () => {
      const { buyer, seller, sellerId, chatId } = await connectPair(chat);
      await seller.get('chat:join', { chatId });
      const phone = await chat.connect(sellerId);

      await buyer.get('typing:start', { chatId });

      await seller.event('typing:start');
      await phone.barrier();
      expect(phone.received('typing:start')).toEqual([]);
    });

    it('of a user who types in two tabs ends with the second, whether the first is closed or stops', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const [closing, stopping] = [await chat.connect(buyerId), await chat.connect(buyerId)];
      for (const tab of [closing, stopping, buyer]) {
        await tab.get('typing:start', { chatId });
      }

      const closingId = socketIdOf(closing);
      closing.close();
      await server.gone(closingId);
      await stopping.get('typing:stop', { chatId });

      // Asked of the store after everything above.
      expect((await seller.get('chat:join', { chatId })).typing).toEqual([buyerId]);
      expect(seller.received('typing:stop')).toEqual([]);
      await buyer.get('typing:stop', { chatId });
      expect(await seller.event('typing:stop')).toEqual({ chatId, userId: buyerId });
    });

    it('ends with the tab, when the other one has long been silent', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const silent = await chat.connect(buyerId);
      await silent.get('typing:start', { chatId });
      await seller.event('typing:stop');

      await buyer.get('typing:start', { chatId });
      await buyer.get('typing:stop', { chatId });

      await seller.barrier();
      expect(seller.received('typing:stop')).toHaveLength(2);
      expect((await seller.get('chat:join', { chatId })).typing).toEqual([]);
    });

    it('is announced once, however many keys are struck', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      await Promise.all(Array.from({ length: 30 }, () => buyer.get('typing:start', { chatId })));
      await seller.event('typing:start');
      await seller.barrier();
      expect(seller.received('typing:start')).toHaveLength(1);
    });

    it('that is not renewed is taken back by the service, once', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      await buyer.get('typing:start', { chatId });

      expect(await seller.event('typing:stop')).toEqual({ chatId, userId: buyerId });
      expect((await seller.get('chat:join', { chatId })).typing).toEqual([]);
      // Too late: the service has said so already.
      await buyer.get('typing:stop', { chatId });
      await seller.barrier();
      expect(seller.received('typing:stop')).toHaveLength(1);
    });

    it('is announced anew while the typing goes on, before a receiver would count it out', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);

      await vi.waitFor(
        async () => {
          await buyer.get('typing:start', { chatId });
          expect(seller.received('typing:start').length).toBeGreaterThanOrEqual(3);
        },
        { timeout: 10_000, interval: 100 },
      );

      expect(seller.received('typing:stop')).toEqual([]);
      expect((await seller.get('chat:join', { chatId })).typing).toHaveLength(1);
    });

    it('is not announced as taken back when there was none', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      await buyer.get('typing:stop', { chatId });
      await seller.barrier();
      expect(seller.received('typing:stop')).toEqual([]);
    });

    it('of one chat is not seen in another', async () => {
      const { buyer, buyerId, chatId } = await joinedPair(chat);
      const { seller: friend, sellerId: friendId } = await joinedPair(chat);
      const { id: otherChat } = await buyer.get('chat:create', { buyerId, sellerId: friendId });
      await friend.get('chat:join', { chatId: otherChat });

      await buyer.get('typing:start', { chatId });

      await friend.barrier();
      expect(friend.received('typing:start')).toEqual([]);
      expect((await friend.get('chat:join', { chatId: otherChat })).typing).toEqual([]);
    });
  });
}
