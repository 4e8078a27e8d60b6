import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Message } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { joinedPair, newUserId, type Pair, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';

const NOWHERE = '0190b3a0-0000-7000-8000-000000000000';

/** What `message:edit` and `message:delete` do, on any stores. */
export function describeEditingAndDeleting(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe("a message of one's own", () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    /** Two who joined, and a message of the buyer that both have seen. */
    async function pairWithMessage(text = 'first words') {
      const pair = await joinedPair(chat);
      const sent = await pair.buyer.get('message:send', { chatId: pair.chatId, text, clientMessageId: 'key' });
      await Promise.all([pair.buyer.event('message:new'), pair.seller.event('message:new')]);
      return { ...pair, sent, target: { chatId: pair.chatId, messageId: sent.id } };
    }

    /** Every event about changed messages that the two have received. */
    async function told({ buyer, seller }: Pair) {
      await Promise.all([buyer.barrier(), seller.barrier()]);
      return [buyer, seller].map((client) => [
        client.received('message:updated').map(({ text }) => text),
        client.received('message:deleted').map(({ seq }) => seq),
      ]);
    }

    it('can be given another text: same place, next rev, shown once to all who joined', async () => {
      const pair = await pairWithMessage();
      const { buyer, buyerId, seller, chatId, sent, target } = pair;
      const phone = await chat.connect(buyerId);

      const edited = await buyer.get('message:edit', { ...target, text: 'second thoughts' });

      expect(Message.strict().parse(edited)).toEqual({
        ...sent,
        text: 'second thoughts',
        rev: 2,
        editedAt: expect.any(String),
      });
      expect(await seller.event('message:updated')).toEqual(edited);
      expect(await buyer.event('message:updated')).toEqual(edited);
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([edited]);
      expect((await phone.get('chat:join', { chatId })).messages).toEqual([edited]);
      expect(await told(pair)).toEqual([
        [['second thoughts'], []],
        [['second thoughts'], []],
      ]);
      expect(phone.received('message:notification')).toEqual([]);
    });

    it('given the same text stays as it is, and nobody is told', async () => {
      const pair = await pairWithMessage();
      expect(await pair.buyer.get('message:edit', { ...pair.target, text: 'first words' })).toEqual(pair.sent);
      expect(await told(pair)).toEqual([
        [[], []],
        [[], []],
      ]);
    });

    it('can be deleted: its place stays, its text is gone wherever clients read', async () => {
      const pair = await pairWithMessage('a secret');
      const { buyer, seller, chatId, sent, target } = pair;
      await buyer.get('message:edit', { ...target, text: 'the secret in other words' });
      const after = await seller.get('message:send', { chatId, text: 'I saw it' });

      const tombstone = await buyer.get('message:delete', target);

      expect(Message.strict().parse(tombstone)).toEqual({
        ...sent,
        text: '',
        rev: 4,
        editedAt: expect.any(String),
        deletedAt: expect.any(String),
      });
      expect(await seller.event('message:deleted')).toEqual(tombstone);
      const newcomer = await chat.connect(pair.sellerId);
      expect((await newcomer.get('chat:join', { chatId })).messages).toEqual([tombstone, after]);
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([tombstone, after]);
      expect((await newcomer.get('chat:sync', { chats: [{ chatId, rev: 0 }] })).chats[0]?.messages).toEqual([
        after,
        tombstone,
      ]);
      expect(await newcomer.get('message:read', { chatId, messageId: sent.id })).toMatchObject({ chatId });
      await newcomer.barrier();
      expect(JSON.stringify(newcomer.log)).not.toContain('secret');
    });

    it('deleted twice is deleted once: the same answer, one event', async () => {
      const pair = await pairWithMessage();
      const first = await pair.buyer.get('message:delete', pair.target);
      expect(await pair.buyer.get('message:delete', pair.target)).toEqual(first);
      expect(await told(pair)).toEqual([
        [[], [1]],
        [[], [1]],
      ]);
    });

    it('deleted from two devices at once is deleted once', async () => {
      const pair = await pairWithMessage();
      const phone = await chat.connect(pair.buyerId);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? pair.buyer : phone).get('message:delete', pair.target),
        ),
      );
      expect(answers).toEqual(answers.map(() => answers[0]));
      expect(answers[0]?.rev).toBe(2);
      expect(await told(pair)).toEqual([
        [[], [1]],
        [[], [1]],
      ]);
    });

    it('heals in who was away, by one sync: what was edited, what is gone, what is new', async () => {
      const pair = await pairWithMessage('one');
      const { buyer, seller, sellerId, chatId, target } = pair;
      const { id: second } = await buyer.get('message:send', { chatId, text: 'two' });
      const { rev } = (await seller.get('chat:join', { chatId })).chat;
      seller.close();

      const edited = await buyer.get('message:edit', { ...target, text: 'one, corrected' });
      const deleted = await buyer.get('message:delete', { chatId, messageId: second });
      const added = await buyer.get('message:send', { chatId, text: 'three' });

      const returned = await chat.connect(sellerId);
      const [synced] = (await returned.get('chat:sync', { chats: [{ chatId, rev }] })).chats;
      expect(synced).toEqual({
        chatId,
        resync: false,
        rev: 5,
        hasMore: false,
        closedAt: null,
        messages: [edited, deleted, added],
      });
      expect(synced?.messages.map(({ seq, text }) => [seq, text])).toEqual([
        [1, 'one, corrected'],
        [2, ''],
        [3, 'three'],
      ]);
    });

    it('sent again after an edit is answered as it stands now, and shown to nobody', async () => {
      const pair = await pairWithMessage();
      const { buyer, sellerId, chatId, target } = pair;
      // Notifications leave in order: once this one has come, the phone is too late for that of the first message.
      const tablet = await chat.connect(sellerId);
      const next = await buyer.get('message:send', { chatId, text: 'what comes next' });
      await tablet.event('message:notification', ({ message }) => message.id === next.id);
      const phone = await chat.connect(sellerId);
      const edited = await buyer.get('message:edit', { ...target, text: 'second thoughts' });

      for (const text of ['first words', 'second thoughts', 'anything']) {
        expect(await buyer.get('message:send', { chatId, text, clientMessageId: 'key' })).toEqual(edited);
      }

      expect((await buyer.get('chat:history', { chatId })).messages).toEqual([edited, next]);
      expect(await told(pair)).toEqual([
        [['second thoughts'], []],
        [['second thoughts'], []],
      ]);
      await phone.barrier();
      expect(pair.seller.received('message:new')).toHaveLength(2);
      expect(phone.received('message:notification')).toEqual([]);
    });

    it('sent again after its end does not come back, not in the answer and not to a device that would be notified', async () => {
      const pair = await pairWithMessage('a secret');
      const { buyer, seller, sellerId, chatId, target } = pair;
      const tombstone = await buyer.get('message:delete', target);
      const phone = await chat.connect(sellerId);

      expect(await buyer.get('message:send', { chatId, text: 'a secret', clientMessageId: 'key' })).toEqual(tombstone);
      await buyer.get('message:send', { chatId, text: 'what comes next' });

      expect(await phone.event('message:notification')).toMatchObject({ message: { text: 'what comes next' } });
      await Promise.all([phone.barrier(), seller.barrier()]);
      expect(JSON.stringify(phone.log)).not.toContain('secret');
      expect(seller.received('message:new').map(({ text }) => text)).toEqual(['a secret', 'what comes next']);
      expect((await seller.get('chat:history', { chatId })).messages[0]).toEqual(tombstone);
    });

    it('is not for the other member to edit or delete', async () => {
      const pair = await pairWithMessage();
      const { seller, chatId, sent, target } = pair;
      expectRefusal(await seller.failure('message:edit', { ...target, text: 'put in your mouth' }), 'FORBIDDEN');
      expectRefusal(await seller.failure('message:delete', target), 'FORBIDDEN');
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([sent]);
      expect(await told(pair)).toEqual([
        [[], []],
        [[], []],
      ]);
    });

    it('cannot be edited once it is deleted, and neither can a message that the chat never had', async () => {
      const pair = await pairWithMessage();
      const { buyer, buyerId, chatId, target } = pair;
      const { id: otherChat } = await buyer.get('chat:create', { buyerId, sellerId: newUserId() });
      const { id: elsewhere } = await buyer.get('message:send', { chatId: otherChat, text: 'elsewhere' });
      const tombstone = await buyer.get('message:delete', target);

      expectRefusal(await buyer.failure('message:edit', { ...target, text: 'back again' }), 'MESSAGE_NOT_FOUND');
      for (const messageId of [elsewhere, NOWHERE]) {
        expectRefusal(await buyer.failure('message:edit', { chatId, messageId, text: 'x' }), 'MESSAGE_NOT_FOUND');
        expectRefusal(await buyer.failure('message:delete', { chatId, messageId }), 'MESSAGE_NOT_FOUND');
      }

      expect((await buyer.get('chat:history', { chatId })).messages).toEqual([tombstone]);
      expect((await buyer.get('chat:history', { chatId: otherChat })).messages).toMatchObject([{ text: 'elsewhere' }]);
      expect(await told(pair)).toEqual([
        [[], [1]],
        [[], [1]],
      ]);
    });

    it.each([
      ['empty', '', 'MESSAGE_EMPTY'],
      ['blank', ' \n\t\u00a0', 'MESSAGE_EMPTY'],
      ['too long by one', 'x'.repeat(4_001), 'MESSAGE_TOO_LONG'],
      ['too long by one, counted in characters', '👋'.repeat(4_001), 'MESSAGE_TOO_LONG'],
      ['text that no database can store', 'NUL \u0000 inside', 'VALIDATION_FAILED'],
      ['no text', 7, 'VALIDATION_FAILED'],
    ] as const)('cannot be made %s', async (_case, text, code) => {
      const pair = await pairWithMessage();
      expectRefusal(await pair.buyer.failure('message:edit', { ...pair.target, text }), code);
      expect((await pair.buyer.get('chat:history', { chatId: pair.chatId })).messages).toEqual([pair.sent]);
      expect(await told(pair)).toEqual([
        [[], []],
        [[], []],
      ]);
    });

    it('may be made as long as a new one, and keeps every character', async () => {
      const { buyer, target } = await pairWithMessage();
      for (const text of ['👋'.repeat(4_000), '  spaces around  ', 'שלום "quoted" \\ ünïcode\n<b>']) {
        expect((await buyer.get('message:edit', { ...target, text })).text).toBe(text);
      }
    });

    it('edited from two devices at once keeps the last edit, and each edit has a rev of its own', async () => {
      const pair = await pairWithMessage();
      const { buyer, buyerId, seller, chatId, target } = pair;
      const phone = await chat.connect(buyerId);

      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? buyer : phone).get('message:edit', { ...target, text: `edit ${index}` }),
        ),
      );

      const byRev = answers.toSorted((a, b) => a.rev - b.rev);
      expect(byRev.map(({ rev }) => rev)).toEqual(answers.map((_, index) => index + 2));
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([byRev.at(-1)]);
      await seller.barrier();
      expect(seller.received('message:updated').toSorted((a, b) => a.rev - b.rev)).toEqual(byRev);
    });
  });
}
