import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Message } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, joinedPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';

const NOWHERE = '0190b3a0-0000-7000-8000-000000000000';

/** What `replyTo` and `message:get` do, on any stores. */
export function describeReplies(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a reply', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    it('names the message it answers wherever it is shown and read', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const phone = await chat.connect(sellerId);
      const question = await seller.get('message:send', { chatId, text: 'which one?' });

      const reply = await buyer.get('message:send', { chatId, text: 'the left one', replyTo: question.id });

      expect(Message.strict().parse(reply)).toMatchObject({ replyTo: question.id, seq: 2 });
      expect(await seller.event('message:new', ({ seq }) => seq === 2)).toEqual(reply);
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([question, reply]);
      expect((await seller.get('chat:sync', { chats: [{ chatId, rev: 1 }] })).chats[0]?.messages).toEqual([reply]);
      expect((await phone.get('chat:join', { chatId })).messages).toEqual([question, reply]);
      const next = await buyer.get('message:send', { chatId, text: 'or both', replyTo: reply.id.toUpperCase() });
      expect(next.replyTo).toBe(reply.id);
    });

    it('to a message that the chat does not have is refused, and leaves neither number nor key behind', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const { id: otherChat } = await buyer.get('chat:create', { buyerId, sellerId: newUserId() });
      const { id: elsewhere } = await buyer.get('message:send', { chatId: otherChat, text: 'elsewhere' });
      const payload = { chatId, text: 'as I said', clientMessageId: 'key' };

      for (const replyTo of [NOWHERE, elsewhere]) {
        expectRefusal(await buyer.failure('message:send', { ...payload, replyTo }), 'MESSAGE_NOT_FOUND');
      }

      const sent = await buyer.get('message:send', payload);
      expect(sent).toMatchObject({ seq: 1, rev: 1, replyTo: null });
      await seller.barrier();
      expect(seller.received('message:new')).toEqual([sent]);
    });

    it('tells a stranger nothing of whether the message exists', async () => {
      const { buyer, chatId } = await connectPair(chat);
      const { id } = await buyer.get('message:send', { chatId, text: 'between us' });
      const stranger = await chat.connect(newUserId());

      for (const ask of [
        (messageId: string) => stranger.failure('message:send', { chatId, text: 'me too', replyTo: messageId }),
        (messageId: string) => stranger.failure('message:get', { chatId, messageId }),
      ]) {
        const answer = await ask(id);
        expectRefusal(answer, 'CHAT_NOT_FOUND');
        expect(await ask(NOWHERE)).toEqual(answer);
      }
    });

    it('to a deleted message is stored, and shows nothing of it', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      const { id } = await buyer.get('message:send', { chatId, text: 'a secret' });
      await buyer.get('message:delete', { chatId, messageId: id });

      const reply = await seller.get('message:send', { chatId, text: 'what was it?', replyTo: id });

      expect(reply.replyTo).toBe(id);
      expect(JSON.stringify(reply)).not.toContain('secret');
      expect(await seller.get('message:get', { chatId, messageId: id })).toMatchObject({ text: '', seq: 1 });
    });

    it('keeps its place among the messages that are sent with it in a row', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      const { id } = await seller.get('message:send', { chatId, text: 'question' });
      const texts = Array.from({ length: 50 }, (_, index) => `message ${index}`);

      await Promise.all(
        texts.map((text, index) =>
          buyer.get('message:send', { chatId, text, ...(index % 3 === 0 ? { replyTo: id } : {}) }),
        ),
      );

      const { messages } = await seller.get('chat:history', { chatId, limit: 200 });
      expect(messages.slice(1).map(({ text }) => text)).toEqual(texts);
      expect(messages.slice(1).map(({ replyTo }) => replyTo)).toEqual(
        texts.map((_, index) => (index % 3 === 0 ? id : null)),
      );
    });

    it('sent again as an answer to something else is another message', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      const [one, other] = [
        await buyer.get('message:send', { chatId, text: 'one' }),
        await buyer.get('message:send', { chatId, text: 'other' }),
      ];
      const payload = { chatId, text: 'this one', clientMessageId: 'key', replyTo: one.id };
      const reply = await buyer.get('message:send', payload);

      expect(await buyer.get('message:send', payload)).toEqual(reply);
      for (const replyTo of [other.id, null]) {
        expectRefusal(await buyer.failure('message:send', { ...payload, replyTo }), 'DUPLICATE_CLIENT_ID');
      }
    });
  });

  describe('a message asked for by its id', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    it('comes as it stands now: sent, edited, deleted', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      const sent = await buyer.get('message:send', { chatId, text: 'first words' });
      const target = { chatId, messageId: sent.id };

      expect(await seller.get('message:get', target)).toEqual(sent);
      const edited = await buyer.get('message:edit', { ...target, text: 'second thoughts' });
      expect(await seller.get('message:get', target)).toEqual(edited);
      const tombstone = await buyer.get('message:delete', target);
      expect(await seller.get('message:get', target)).toEqual(tombstone);
    });

    it('is not found in a chat that it is not of', async () => {
      const { buyer, buyerId, chatId } = await joinedPair(chat);
      const { id: otherChat } = await buyer.get('chat:create', { buyerId, sellerId: newUserId() });
      const { id: messageId } = await buyer.get('message:send', { chatId: otherChat, text: 'elsewhere' });
      expectRefusal(await buyer.failure('message:get', { chatId, messageId }), 'MESSAGE_NOT_FOUND');
      expectRefusal(await buyer.failure('message:get', { chatId, messageId: NOWHERE }), 'MESSAGE_NOT_FOUND');
    });
  });
}
