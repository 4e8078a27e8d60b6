import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Message } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { joinedPair, newUserId, type Pair, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';

const NOWHERE = '0190b3a0-0000-7000-8000-000000000000';

/** What `message:react` and `message:unreact` do, on any stores. */
export function describeReactions(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a reaction', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    /** Two who joined, and a message of the buyer that both have seen. */
    async function pairWithMessage() {
      const pair = await joinedPair(chat);
      const sent = await pair.buyer.get('message:send', { chatId: pair.chatId, text: 'is it still there?' });
      return { ...pair, sent, target: { chatId: pair.chatId, messageId: sent.id } };
    }

    /** Every reaction event that the two have received, in short. */
    async function told({ buyer, seller }: Pair) {
      await Promise.all([buyer.barrier(), seller.barrier()]);
      return [buyer, seller].map((client) =>
        client.received('message:reaction').map(({ userId, emoji, added, rev }) => [userId, emoji, added, rev]),
      );
    }

    it('is answered with the message, shown once to all who joined, and read wherever the message is', async () => {
      const pair = await pairWithMessage();
      const { buyer, buyerId, seller, sellerId, chatId, sent, target } = pair;
      const phone = await chat.connect(sellerId);

      const reacted = await seller.get('message:react', { ...target, emoji: '👍' });

      const reactions = [{ emoji: '👍', userIds: [sellerId] }];
      expect(Message.strict().parse(reacted)).toEqual({ ...sent, rev: 2, reactions });
      const event = { ...target, seq: 1, rev: 2, userId: sellerId, emoji: '👍', added: true, reactions };
      expect(await buyer.event('message:reaction')).toEqual(event);
      expect(await seller.event('message:reaction')).toEqual(event);
      const both = await buyer.get('message:react', { ...target, emoji: '👍' });
      expect(both.reactions).toEqual([{ emoji: '👍', userIds: [sellerId, buyerId] }]);
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([both]);
      expect(await seller.get('message:get', target)).toEqual(both);
      expect((await phone.get('chat:join', { chatId })).messages).toEqual([both]);
      expect(await told(pair)).toEqual(
        [buyer, seller].map(() => [
          [sellerId, '👍', true, 2],
          [buyerId, '👍', true, 3],
        ]),
      );
      // That of the message itself may still have been on its way when the phone connected; two reactions add none.
      expect(phone.received('message:notification').length).toBeLessThanOrEqual(1);
      for (const client of [buyer, seller]) {
        expect(client.received('message:updated')).toEqual([]);
      }
    });

    it('made twice is made once, and taken back twice is taken back once', async () => {
      const pair = await pairWithMessage();
      const { seller, sellerId, target } = pair;
      const heart = { ...target, emoji: '❤️' };

      const first = await seller.get('message:react', heart);
      // As a keyboard spells it that leaves out the selector.
      expect(await seller.get('message:react', { ...target, emoji: '❤' })).toEqual(first);
      const bare = await seller.get('message:unreact', heart);
      expect(bare).toMatchObject({ reactions: [], rev: 3 });
      expect(await seller.get('message:unreact', { ...target, emoji: '❤' })).toEqual(bare);

      const events = [
        [sellerId, '❤️', true, 2],
        [sellerId, '❤️', false, 3],
      ];
      expect(await told(pair)).toEqual([events, events]);
    });

    it('is not for the other one to take back', async () => {
      const pair = await pairWithMessage();
      const { buyer, seller, target } = pair;
      const reacted = await seller.get('message:react', { ...target, emoji: '👍' });
      expect(await buyer.get('message:unreact', { ...target, emoji: '👍' })).toEqual(reacted);
    });

    it('heals in who was away, by one sync, and changes nothing else of the message', async () => {
      const pair = await pairWithMessage();
      const { buyer, seller, sellerId, chatId, target } = pair;
      const { rev } = (await seller.get('chat:join', { chatId })).chat;
      seller.close();

      const edited = await buyer.get('message:edit', { ...target, text: 'is it still for sale?' });
      const reacted = await buyer.get('message:react', { ...target, emoji: '👍' });

      expect(reacted).toEqual({ ...edited, rev: 3, reactions: reacted.reactions });
      const returned = await chat.connect(sellerId);
      expect((await returned.get('chat:sync', { chats: [{ chatId, rev }] })).chats).toEqual([
        { chatId, resync: false, rev: 3, hasMore: false, closedAt: null, messages: [reacted] },
      ]);
      const again = await buyer.get('message:edit', { ...target, text: 'is it still yours?' });
      expect(again.reactions).toEqual(reacted.reactions);
    });

    it('goes with the message when that is deleted, and comes too late after it', async () => {
      const pair = await pairWithMessage();
      const { buyer, seller, sellerId, chatId, target } = pair;
      await seller.get('message:react', { ...target, emoji: '👍' });

      const tombstone = await buyer.get('message:delete', target);

      expect(tombstone.reactions).toEqual([]);
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([tombstone]);
      for (const command of ['message:react', 'message:unreact'] as const) {
        expectRefusal(await seller.failure(command, { ...target, emoji: '👍' }), 'MESSAGE_NOT_FOUND');
      }
      expect((await told(pair))[0]).toEqual([[sellerId, '👍', true, 2]]);
      expect(await seller.get('message:get', target)).toEqual(tombstone);
    });

    it('is not to a message that the chat never had', async () => {
      const { buyer, buyerId, chatId } = await pairWithMessage();
      const { id: otherChat } = await buyer.get('chat:create', { buyerId, sellerId: newUserId() });
      const { id: elsewhere } = await buyer.get('message:send', { chatId: otherChat, text: 'elsewhere' });
      for (const messageId of [NOWHERE, elsewhere]) {
        expectRefusal(await buyer.failure('message:react', { chatId, messageId, emoji: '👍' }), 'MESSAGE_NOT_FOUND');
        expectRefusal(await buyer.failure('message:unreact', { chatId, messageId, emoji: '👍' }), 'MESSAGE_NOT_FOUND');
      }
      expect((await buyer.get('chat:history', { chatId: otherChat })).messages[0]?.reactions).toEqual([]);
    });

    it.each([
      ['text', 'ok'],
      ['two emoji', '👍👍'],
      ['nothing', ''],
      ['markup', '<img src=x onerror=alert(1)>'],
      ['a number', 7],
    ])('is an emoji and not %s', async (_case, emoji) => {
      const pair = await pairWithMessage();
      const failure = await pair.buyer.failure('message:react', { ...pair.target, emoji });
      expectRefusal(failure, 'VALIDATION_FAILED');
      expect(failure.details).toEqual([expect.objectContaining({ path: 'emoji' })]);
      expect(await pair.buyer.get('message:get', pair.target)).toEqual(pair.sent);
    });

    it('is the last of its user when that one has five on the message', async () => {
      const { buyer, seller, target } = await pairWithMessage();
      for (const emoji of ['😀', '😃', '😄', '😁', '😆']) {
        await buyer.get('message:react', { ...target, emoji });
      }

      const failure = await buyer.failure('message:react', { ...target, emoji: '😂' });

      expectRefusal(failure, 'REACTION_LIMIT');
      expect(failure.details).toEqual({ limit: 5 });
      expect((await seller.get('message:react', { ...target, emoji: '😂' })).reactions).toHaveLength(6);
      await buyer.get('message:unreact', { ...target, emoji: '😀' });
      expect((await buyer.get('message:react', { ...target, emoji: '😂' })).reactions).toHaveLength(5);
    });

    it('made by both at once, on all their devices, is lost for nobody, and each change has a rev of its own', async () => {
      const pair = await pairWithMessage();
      const { buyer, buyerId, seller, sellerId, chatId, target } = pair;
      const phone = await chat.connect(sellerId);
      const emojis = ['😀', '😃', '😄', '😁', '😆'];

      await Promise.all(
        emojis.flatMap((emoji) =>
          [buyer, seller, phone, seller].map((client) => client.get('message:react', { ...target, emoji })),
        ),
      );

      const [message] = (await seller.get('chat:history', { chatId })).messages;
      expect(message?.rev).toBe(1 + emojis.length * 2);
      expect(message?.reactions.map(({ emoji }) => emoji).toSorted()).toEqual(emojis.toSorted());
      for (const { userIds } of message?.reactions ?? []) {
        expect(userIds.toSorted()).toEqual([buyerId, sellerId].toSorted());
      }
      const revs = (await told(pair)).map((events) =>
        events.map(([, , , rev]) => Number(rev)).toSorted((a, b) => a - b),
      );
      const each = Array.from({ length: emojis.length * 2 }, (_, index) => index + 2);
      expect(revs).toEqual([each, each]);
    });
  });
}
