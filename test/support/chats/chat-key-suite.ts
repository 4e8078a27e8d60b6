import { afterEach, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import { newUserId } from './participants.js';

type ChatKey = 'pair' | 'pair_product';

/** What a buyer and a seller have one chat for. @param start instances over the same database at every call */
export function describeChatKeys(start: (key: ChatKey) => Promise<TestChat>): void {
  describe('chats keyed by pair and product', () => {
    const running: TestChat[] = [];

    afterEach(() => Promise.all(running.splice(0).map((chat) => chat.stop())));

    async function pairOn(key: ChatKey, buyerId = newUserId(), sellerId = newUserId()) {
      const chat = await start(key);
      running.push(chat);
      const [buyer, seller] = await Promise.all([chat.connect(buyerId), chat.connect(sellerId)]);
      const open = (productId?: number | string) =>
        buyer.get('chat:create', { buyerId, sellerId, ...(productId === undefined ? {} : { productId }) });
      return { chat, buyerId, sellerId, buyer, seller, open };
    }

    it('are one for each product, and one for none', async () => {
      const { buyer, seller, open } = await pairOn('pair_product');
      const [lamp, table, none] = [await open(1), await open('table'), await open()];

      expect(new Set([lamp.id, table.id, none.id]).size).toBe(3);
      expect([lamp.productId, table.productId, none.productId]).toEqual([1, 'table', null]);
      expect([await open('1'), await open('table'), await open()]).toEqual([lamp, table, none]);
      for (const client of [buyer, seller]) {
        expect((await client.get('chat:list', {})).chats.map(({ chat }) => chat.productId)).toEqual([null, 'table', 1]);
        await client.barrier();
        expect(client.received('chat:updated')).toEqual([]);
      }
    });

    it('are one for twenty calls that come at once', async () => {
      const { open, seller } = await pairOn('pair_product');
      const opened = await Promise.all(Array.from({ length: 20 }, () => open(7)));
      expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
      expect(opened.every(({ productId }) => productId === 7)).toBe(true);
      expect((await seller.get('chat:list', {})).chats).toHaveLength(1);
    });

    it('stay about their product, whatever product a message names; the chat for none moves as ever', async () => {
      const { buyer, seller, open } = await pairOn('pair_product');
      const [lamp, none] = [await open(1), await open()];

      const message = await buyer.get('message:send', { chatId: lamp.id, text: 'and this one?', productId: 2 });
      expect(message.productId).toBe(2);
      await buyer.get('message:send', { chatId: none.id, text: 'this one?', productId: 3 });
      await seller.event('chat:updated', ({ id, productId }) => id === none.id && productId === 3);

      expect((await seller.get('chat:join', { chatId: lamp.id })).chat.productId).toBe(1);
      expect(seller.received('chat:updated').filter(({ id }) => id === lamp.id)).toEqual([]);
    });

    it('live on when the deployment changes its mind, in both directions', async () => {
      const before = await pairOn('pair');
      const { buyerId, sellerId } = before;
      const general = await before.open(1);
      await before.chat.stop();

      const between = await pairOn('pair_product', buyerId, sellerId);
      const lamp = await between.open(1);
      expect(lamp.id).not.toBe(general.id);
      expect((await between.open()).id).toBe(general.id);
      await between.buyer.get('message:send', { chatId: general.id, text: 'still here' });
      await between.chat.stop();

      const after = await pairOn('pair', buyerId, sellerId);
      expect((await after.open(2)).id).toBe(general.id);
      await after.buyer.get('message:send', { chatId: lamp.id, text: 'here too', productId: 9 });
      const rows = (await after.seller.get('chat:list', {})).chats;
      expect(rows.map(({ chat, lastMessage }) => [chat.id, chat.productId, lastMessage?.text])).toEqual([
        [lamp.id, 1, 'here too'],
        [general.id, 2, 'still here'],
      ]);
    });
  });
}
