import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { connectPair, joinedPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';

/** What read and delivered receipts do, on any stores. */
export function describeReceipts(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a receipt', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    /** A chat of two who joined, with messages of the seller, and how the buyer's marks in it are written. */
    async function pairWithMessages(count: number) {
      const pair = await joinedPair(chat);
      const messages = [];
      for (let n = 1; n <= count; n += 1) {
        messages.push(await pair.seller.get('message:send', { chatId: pair.chatId, text: `message ${n}` }));
      }
      const marks = (lastReadSeq: number, lastDeliveredSeq: number) => ({
        chatId: pair.chatId,
        userId: pair.buyerId,
        lastReadSeq,
        lastDeliveredSeq,
      });
      return { ...pair, messages, marks };
    }

    /** What a client heard of receipts so far, in order: `read 3`. */
    function heard({ log }: TestClient): string[] {
      return log.flatMap(({ event, payload }) =>
        event === 'message:read' || event === 'message:delivered'
          ? [`${event.slice('message:'.length)} ${(payload as { seq: number }).seq}`]
          : [],
      );
    }

    async function marksOf(client: TestClient, chatId: string, userId: number) {
      const { members } = await client.get('chat:join', { chatId });
      const member = members.find((each) => each.userId === userId);
      return [member?.lastReadSeq, member?.lastDeliveredSeq];
    }

    it('of reading moves both marks, and tells the chat of both once', async () => {
      const { buyer, buyerId, seller, chatId, marks } = await pairWithMessages(3);

      expect(await buyer.get('message:read', { chatId, seq: 2 })).toEqual(marks(2, 2));

      expect(await seller.event('message:read')).toEqual({ chatId, userId: buyerId, seq: 2 });
      expect(await seller.event('message:delivered')).toEqual({ chatId, userId: buyerId, seq: 2 });
      expect(await buyer.get('message:read', { chatId, seq: 2 })).toEqual(marks(2, 2));
      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect(heard(seller)).toEqual(['delivered 2', 'read 2']);
      expect(await marksOf(seller, chatId, buyerId)).toEqual([2, 2]);
    });

    it('of delivery moves the delivered mark alone', async () => {
      const { buyer, buyerId, seller, chatId, marks } = await pairWithMessages(3);

      expect(await buyer.get('message:delivered', { chatId, seq: 3 })).toEqual(marks(0, 3));
      expect(await buyer.get('message:read', { chatId, seq: 1 })).toEqual(marks(1, 3));

      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect(heard(seller)).toEqual(['delivered 3', 'read 1']);
      expect(await marksOf(seller, chatId, buyerId)).toEqual([1, 3]);
    });

    it('never moves a mark back, and tells nobody when it moves none', async () => {
      const { buyer, buyerId, seller, chatId, marks } = await pairWithMessages(3);
      await buyer.get('message:read', { chatId, seq: 3 });
      await seller.event('message:read');
      await seller.barrier();
      const before = heard(seller);

      for (const seq of [0, 1, 2, 3]) {
        expect(await buyer.get('message:read', { chatId, seq })).toEqual(marks(3, 3));
        expect(await buyer.get('message:delivered', { chatId, seq })).toEqual(marks(3, 3));
      }

      await seller.barrier();
      expect(heard(seller)).toEqual(before);
      expect(await marksOf(seller, chatId, buyerId)).toEqual([3, 3]);
    });

    it('never reaches beyond the last message there is, however far it says', async () => {
      const { buyer, buyerId, seller, chatId, marks } = await pairWithMessages(2);

      expect(await buyer.get('message:delivered', { chatId, seq: 2_147_483_647 })).toEqual(marks(0, 2));
      expect(await buyer.get('message:read', { chatId, seq: 3 })).toEqual(marks(2, 2));

      await seller.get('message:send', { chatId, text: 'and one more' });
      expect(await marksOf(seller, chatId, buyerId)).toEqual([2, 2]);
      await seller.barrier();
      expect(heard(seller)).toEqual(['delivered 2', 'read 2']);
    });

    it.each([
      ['nothing', {}],
      ['no message and no seq', { messageId: undefined, seq: undefined }],
    ])('that names %s is for all there is', async (_case, receipt) => {
      const { buyer, chatId, marks } = await pairWithMessages(3);
      expect(await buyer.get('message:delivered', { chatId, ...receipt })).toEqual(marks(0, 3));
      expect(await buyer.get('message:read', { chatId, ...receipt })).toEqual(marks(3, 3));
    });

    it('in an empty chat moves nothing and tells nobody', async () => {
      const { buyer, seller, chatId, marks } = await pairWithMessages(0);
      expect(await buyer.get('message:read', { chatId })).toEqual(marks(0, 0));
      expect(await buyer.get('message:delivered', { chatId, seq: 5 })).toEqual(marks(0, 0));
      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect([...heard(buyer), ...heard(seller)]).toEqual([]);
    });

    it('that names a message is for all up to it, though the message was deleted since', async () => {
      const { buyer, seller, chatId, messages, marks } = await pairWithMessages(4);
      const [, second, third] = messages.map(({ id }) => id);

      expect(await buyer.get('message:delivered', { chatId, messageId: third?.toUpperCase() })).toEqual(marks(0, 3));
      await seller.get('message:delete', { chatId, messageId: second ?? '' });
      expect(await buyer.get('message:read', { chatId, messageId: second })).toEqual(marks(2, 3));
    });

    it.each(['message:read', 'message:delivered'] as const)(
      '%s for a message that is not in the chat is refused, wherever the message is, and moves nothing',
      async (command) => {
        const { buyer, buyerId, seller, chatId } = await pairWithMessages(2);
        const elsewhere = await pairWithMessages(1);
        const { id: own } = await buyer.get('chat:create', { buyerId, sellerId: newUserId() });
        const { id: ownMessage } = await buyer.get('message:send', { chatId: own, text: 'in another chat of mine' });

        const failures = [
          await buyer.failure(command, { chatId, messageId: ownMessage }),
          await buyer.failure(command, { chatId, messageId: elsewhere.messages[0]?.id }),
          await buyer.failure(command, { chatId, messageId: '0190b3a0-0000-7000-8000-000000000000' }),
        ];

        for (const failure of failures) {
          expectRefusal(failure, 'MESSAGE_NOT_FOUND');
          expect(failure).toEqual(failures[0]);
        }
        expect(await marksOf(seller, chatId, buyerId)).toEqual([0, 0]);
        await seller.barrier();
        expect(heard(seller)).toEqual([]);
      },
    );

    it.each(['message:read', 'message:delivered'] as const)(
      '%s of a stranger is refused alike, whether or not the chat and the message exist',
      async (command) => {
        const { seller, buyerId, chatId, messages } = await pairWithMessages(1);
        const stranger = await chat.connect(newUserId());
        const nowhere = '0190b3a0-0000-7000-8000-000000000000';

        const failures = [];
        for (const receipt of [{}, { seq: 1 }, { messageId: messages[0]?.id }, { messageId: nowhere }]) {
          failures.push(await stranger.failure(command, { chatId, ...receipt }));
          failures.push(await stranger.failure(command, { chatId: nowhere, ...receipt }));
        }

        for (const failure of failures) {
          expectRefusal(failure, 'CHAT_NOT_FOUND');
          expect(failure).toEqual(failures[0]);
        }
        expect(await marksOf(seller, chatId, buyerId)).toEqual([0, 0]);
        await seller.barrier();
        expect(heard(seller)).toEqual([]);
      },
    );

    it.each([
      ['a message and a seq', { messageId: '0190b3a0-0000-7000-8000-000000000000', seq: 1 }],
      ['a seq below zero', { seq: -1 }],
      ['a fraction of a seq', { seq: 1.5 }],
      ['a seq beyond what a chat can hold', { seq: 2_147_483_648 }],
      ['a message by text that is no id', { messageId: 'the last one' }],
    ])('that names %s does not fit the contract', async (_case, receipt) => {
      const { buyer, chatId } = await pairWithMessages(0);
      for (const command of ['message:read', 'message:delivered']) {
        expectRefusal(await buyer.failure(command, { chatId, ...receipt }), 'VALIDATION_FAILED');
      }
    });

    it("is heard by the member's other devices too, joined or not, and their unread counts follow", async () => {
      const { buyer, buyerId, seller, chatId } = await pairWithMessages(2);
      const phone = await chat.connect(buyerId);

      await buyer.get('message:read', { chatId });

      expect(await phone.event('message:read')).toEqual({ chatId, userId: buyerId, seq: 2 });
      expect(await phone.event('message:delivered')).toEqual({ chatId, userId: buyerId, seq: 2 });
      await seller.get('message:send', { chatId, text: 'the only unread one' });
      expect(await phone.event('message:notification')).toMatchObject({ unreadCount: 1 });
      await buyer.barrier();
      expect(heard(phone)).toEqual(['delivered 2', 'read 2']);
    });

    it('may come from a device that did not join the chat', async () => {
      const { buyer, buyerId, seller, chatId } = await connectPair(chat);
      await seller.get('chat:join', { chatId });
      await seller.get('message:send', { chatId, text: 'seen as a notification' });
      const { message } = await buyer.event('message:notification');

      await buyer.get('message:delivered', { chatId, messageId: message.id });

      expect(await seller.event('message:delivered')).toEqual({ chatId, userId: buyerId, seq: 1 });
    });

    it('is not needed for what one wrote oneself', async () => {
      const { buyer, buyerId, seller, sellerId, chatId, marks } = await pairWithMessages(2);
      expect(await marksOf(buyer, chatId, sellerId)).toEqual([2, 2]);
      expect(await marksOf(buyer, chatId, buyerId)).toEqual([0, 0]);

      await buyer.get('message:send', { chatId, text: 'an answer' });

      expect(await marksOf(seller, chatId, buyerId)).toEqual([3, 3]);
      expect(await buyer.get('message:read', { chatId })).toEqual(marks(3, 3));
      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect([...heard(buyer), ...heard(seller)]).toEqual([]);
    });

    it('is one of a hundred in a scroll: each is answered, the others see marks that only rise, to the end', async () => {
      const { buyer, seller, chatId } = await pairWithMessages(0);
      await Promise.all(
        Array.from({ length: 100 }, (_, n) => seller.get('message:send', { chatId, text: `message ${n}` })),
      );
      const messages = (await buyer.get('chat:history', { chatId, limit: 100 })).messages;

      const answers = await Promise.all(
        messages.map(({ id, seq }) =>
          buyer.get('message:read', seq % 2 === 0 ? { chatId, messageId: id } : { chatId, seq }),
        ),
      );

      for (const [index, { lastReadSeq, lastDeliveredSeq }] of answers.entries()) {
        expect(lastReadSeq).toBeGreaterThanOrEqual(index + 1);
        expect(lastDeliveredSeq).toBe(lastReadSeq);
      }
      await seller.event('message:read', ({ seq }) => seq === 100);
      await seller.barrier();
      for (const event of ['message:read', 'message:delivered'] as const) {
        const seqs = seller.received(event).map(({ seq }) => seq);
        expect(seqs.at(-1)).toBe(100);
        expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
      }
    });
  });
}
