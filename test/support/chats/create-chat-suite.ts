import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatsRepository } from '../../../src/chats/chats.repository.js';
import { Chat } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { loseNextAnswer } from './lost-answer.js';
import { connectPair, newUserId } from './participants.js';
import { expectRefusal } from './refusal.js';

/** What `chat:create` does, on any database. */
export function describeCreatingChats(start: () => Promise<TestChat>): void {
  describe('creating a chat', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start();
    });
    afterAll(() => chat.stop());

    const connectTwo = async () => {
      const [buyerId, sellerId] = [newUserId(), newUserId()];
      const [buyer, seller] = await Promise.all([chat.connect(buyerId), chat.connect(sellerId)]);
      return { buyerId, sellerId, buyer, seller };
    };

    it('answers with the chat and tells both of it, once, on every device', async () => {
      const { buyerId, sellerId, buyer, seller } = await connectTwo();
      const phone = await chat.connect(sellerId);

      const created = await buyer.get('chat:create', { buyerId, sellerId });

      expect(Chat.strict().parse(created)).toEqual({
        id: created.id,
        type: 'direct',
        name: null,
        buyerId,
        sellerId,
        productId: null,
        lastSeq: 0,
        rev: 0,
        createdAt: created.createdAt,
        closedAt: null,
      });
      for (const client of [buyer, seller, phone]) {
        await client.event('chat:created');
        await client.barrier();
        expect(client.received('chat:created')).toEqual([created]);
      }
    });

    it('may be done by the seller just as well', async () => {
      const { buyerId, sellerId, buyer, seller } = await connectTwo();
      const created = await seller.get('chat:create', { buyerId, sellerId });
      expect(await buyer.event('chat:created')).toEqual(created);
    });

    it('gives one chat to twenty calls that come at once, and tells of it once', async () => {
      const { buyerId, sellerId, buyer, seller } = await connectTwo();
      const onlooker = await chat.connect(sellerId);

      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, call) =>
          (call % 2 === 0 ? buyer : seller).get('chat:create', { buyerId, sellerId }),
        ),
      );

      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      await onlooker.event('chat:created');
      await onlooker.barrier();
      expect(onlooker.received('chat:created')).toHaveLength(1);
      const { members } = await buyer.get('chat:join', { chatId: answers[0]?.id ?? '' });
      expect(members.map(({ userId, role }) => [userId, role])).toEqual(
        expect.arrayContaining([
          [buyerId, 'buyer'],
          [sellerId, 'seller'],
        ]),
      );
      expect(members).toHaveLength(2);
    });

    it('that was not answered has both look for it', async () => {
      const { buyerId, sellerId, buyer, seller } = await connectTwo();
      loseNextAnswer(ChatsRepository.prototype, 'createUnlessExists');
      expectRefusal(await buyer.failure('chat:create', { buyerId, sellerId }), 'UNAVAILABLE');
      await Promise.all([buyer.event('sync:required'), seller.event('sync:required')]);
      const [entry] = (await seller.get('chat:list', {})).chats;
      expect(entry?.chat).toEqual(await buyer.get('chat:create', { buyerId, sellerId }));
    });

    it('gives the pair the chat it has, and tells the asking socket alone', async () => {
      const { buyerId, sellerId, buyer, seller, chatId } = await connectPair(chat);
      const phone = await chat.connect(buyerId);

      const again = await buyer.get('chat:create', { buyerId, sellerId });

      expect(again.id).toBe(chatId);
      await Promise.all([buyer, seller, phone].map((client) => client.barrier()));
      expect(buyer.received('chat:created').map(({ id }) => id)).toEqual([chatId, chatId]);
      expect(seller.received('chat:created')).toHaveLength(1);
      expect(phone.received('chat:created')).toEqual([]);
      expect(seller.received('chat:updated')).toEqual([]);
    });

    it('takes an id as a number or as text for the same user', async () => {
      const { buyerId, sellerId, buyer, chatId } = await connectPair(chat);
      const again = await buyer.get('chat:create', { buyerId: String(buyerId), sellerId: String(sellerId) });
      expect(again).toMatchObject({ id: chatId, buyerId, sellerId });
    });

    it('gives two users another chat when they change roles', async () => {
      const { buyerId, sellerId, buyer, chatId } = await connectPair(chat);
      const swapped = await buyer.get('chat:create', { buyerId: sellerId, sellerId: buyerId });
      expect(swapped.id).not.toBe(chatId);
    });

    it('is for the buyer or the seller only; the two hear nothing of the attempt', async () => {
      const { buyerId, sellerId, buyer, seller } = await connectTwo();
      const third = await chat.connect(newUserId());

      expectRefusal(await third.failure('chat:create', { buyerId, sellerId }), 'FORBIDDEN');

      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect([...buyer.received('chat:created'), ...seller.received('chat:created')]).toEqual([]);
    });

    it('needs two different users, however the one is spelt', async () => {
      const userId = newUserId();
      const client = await chat.connect(userId);
      for (const sellerId of [userId, String(userId)]) {
        expectRefusal(await client.failure('chat:create', { buyerId: userId, sellerId }), 'VALIDATION_FAILED');
      }
      expect(client.received('chat:created')).toEqual([]);
    });

    it('about a product makes it what the chat is about, from the first event on', async () => {
      const { buyerId, sellerId, buyer, seller } = await connectTwo();

      const created = await buyer.get('chat:create', { buyerId, sellerId, productId: 77 });

      expect(created.productId).toBe(77);
      expect(await seller.event('chat:created')).toEqual(created);
      await seller.barrier();
      expect(seller.received('chat:updated')).toEqual([]);
    });

    it('about another product tells both what the chat is about now', async () => {
      const { buyerId, sellerId, buyer, seller, chatId } = await connectPair(chat);

      const first = await buyer.get('chat:create', { buyerId, sellerId, productId: 'sku-1' });
      const same = await seller.get('chat:create', { buyerId, sellerId, productId: 'sku-1' });
      const silent = await seller.get('chat:create', { buyerId, sellerId });
      const second = await seller.get('chat:create', { buyerId, sellerId, productId: 2 });

      expect([first, same, silent, second].map(({ id, productId }) => [id, productId])).toEqual([
        [chatId, 'sku-1'],
        [chatId, 'sku-1'],
        [chatId, 'sku-1'],
        [chatId, 2],
      ]);
      for (const client of [buyer, seller]) {
        await client.barrier();
        expect(client.received('chat:updated')).toEqual([first, second]);
      }
    });
  });
}
