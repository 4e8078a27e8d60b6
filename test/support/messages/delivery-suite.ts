import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Message } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, joinedPair, UNLIMITED } from '../chats/participants.js';

/** Who receives a message, on any stores. */
export function describeDelivery(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a stored message', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    it('is answered as it is delivered and as it is read later', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);

      const sent = await buyer.get('message:send', { chatId, text: 'hello', productId: 'sku', clientMessageId: 'k' });

      expect(Message.strict().parse(sent)).toEqual({
        id: sent.id,
        chatId,
        seq: 1,
        rev: 1,
        senderId: buyerId,
        type: 'text',
        text: 'hello',
        attachments: [],
        replyTo: null,
        reactions: [],
        productId: 'sku',
        clientMessageId: 'k',
        createdAt: sent.createdAt,
        editedAt: null,
        deletedAt: null,
      });
      expect(await seller.event('message:new')).toEqual(sent);
      expect(await buyer.event('message:new')).toEqual(sent);
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([sent]);
    });

    it('comes to every device of both: as a message where the chat is open, else as a notification', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
      const [buyersPhone, sellersPhone, sellersTablet] = await Promise.all(
        [buyerId, sellerId, sellerId].map((userId) => chat.connect(userId)),
      );

      const first = await buyer.get('message:send', { chatId, text: 'one' });
      const second = await buyer.get('message:send', { chatId, text: 'two' });

      for (const device of [sellersPhone, sellersTablet]) {
        await device?.event('message:notification', ({ unreadCount }) => unreadCount === 2);
        expect(device?.received('message:notification')).toEqual([
          expect.objectContaining({ chatId, message: first, unreadCount: 1 }),
          expect.objectContaining({ chatId, message: second, unreadCount: 2 }),
        ]);
        expect(device?.received('message:new')).toEqual([]);
      }
      await Promise.all([buyer, seller, buyersPhone].map((client) => client?.barrier()));
      expect(seller.received('message:new')).toEqual([first, second]);
      expect(seller.received('message:notification')).toEqual([]);
      // Who wrote it needs no notification of it, on no device.
      expect(buyersPhone?.received('message:notification')).toEqual([]);
      expect(buyersPhone?.received('message:new')).toEqual([]);
    });

    it('counts as unread for the other one only, until he answers', async () => {
      const { buyer, seller, chatId } = await connectPair(chat);
      const unread = async (client: typeof buyer, seq: number) =>
        (await client.event('message:notification', ({ message }) => message.seq === seq)).unreadCount;

      await buyer.get('message:send', { chatId, text: '1' });
      expect(await unread(seller, 1)).toBe(1);
      await buyer.get('message:send', { chatId, text: '2' });
      expect(await unread(seller, 2)).toBe(2);
      await seller.get('message:send', { chatId, text: '3' });
      expect(await unread(buyer, 3)).toBe(1);
      await buyer.get('message:send', { chatId, text: '4' });
      expect(await unread(seller, 4)).toBe(1);
    });

    it('keeps its place: what one sends in a row is numbered, answered and delivered in that row', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      const texts = Array.from({ length: 200 }, (_, index) => `message ${index + 1}`);

      const answered: string[] = [];
      const sent = await Promise.all(
        texts.map(async (text) => {
          const message = await buyer.get('message:send', { chatId, text });
          answered.push(message.text);
          return message;
        }),
      );

      expect(sent.map(({ seq }) => seq)).toEqual(texts.map((_, index) => index + 1));
      expect(answered).toEqual(texts);
      await seller.barrier();
      expect(seller.received('message:new')).toEqual(sent);
      expect(buyer.received('message:new')).toEqual(sent);
    });

    it('has one place for everybody when both write at once', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);

      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          (index % 2 === 0 ? buyer : seller).get('message:send', { chatId, text: `${index}` }),
        ),
      );

      await Promise.all([buyer.barrier(), seller.barrier()]);
      const seen = buyer.received('message:new');
      expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
      expect(seller.received('message:new')).toEqual(seen);
      expect((await buyer.get('chat:history', { chatId, limit: 200 })).messages).toEqual(seen);
    });

    it('about a product changes what the chat is about; both are told once', async () => {
      const { buyer, seller, chatId } = await connectPair(chat);

      await buyer.get('message:send', { chatId, text: 'about this one', productId: 11 });
      const updated = await seller.event('chat:updated');
      expect(updated).toMatchObject({ id: chatId, productId: 11 });
      expect(await buyer.event('chat:updated')).toEqual(updated);

      await seller.get('message:send', { chatId, text: 'yes, that one', productId: '11' });
      await seller.get('message:send', { chatId, text: 'no product named' });
      await buyer.get('message:send', { chatId, text: 'now another', productId: 12 });
      await seller.event('chat:updated', ({ productId }) => productId === 12);
      await Promise.all([buyer.barrier(), seller.barrier()]);
      for (const client of [buyer, seller]) {
        expect(client.received('chat:updated').map(({ productId }) => productId)).toEqual([11, 12]);
      }
      expect((await seller.get('chat:join', { chatId })).chat.productId).toBe(12);
    });
  });
}
