import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandName } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair, newUserId, type Pair } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

/** Every command that names a chat and tells something about it, or does something in it. */
const INSIDE_A_CHAT: [CommandName, Record<string, unknown>][] = [
  ['chat:join', {}],
  ['chat:history', {}],
  ['message:send', { text: 'let me in' }],
  ['typing:start', {}],
  ['typing:stop', {}],
];

describe('inside a chat', () => {
  let chat: TestChat;
  let pair: Pair;

  beforeAll(async () => {
    chat = await TestChat.start();
    pair = await joinedPair(chat);
    await pair.buyer.get('message:send', { chatId: pair.chatId, text: 'between us' });
  });
  afterAll(() => chat.stop());

  describe.each(INSIDE_A_CHAT)('%s', (command, payload) => {
    it('answers a stranger alike about a chat of others and one that does not exist', async () => {
      const stranger = await chat.connect(newUserId());

      const ofOthers = await stranger.failure(command, { chatId: pair.chatId, ...payload });
      const ofNobody = await stranger.failure(command, { chatId: randomUUID(), ...payload });

      expectRefusal(ofOthers, 'CHAT_NOT_FOUND');
      expect(ofNobody).toEqual(ofOthers);
    });

    it('has no effect that the members could see', async () => {
      const stranger = await chat.connect(newUserId());
      await pair.buyer.get('typing:start', { chatId: pair.chatId });
      await Promise.all([pair.buyer.barrier(), pair.seller.barrier()]);
      const [buyerSaw, sellerSaw] = [pair.buyer.log.length, pair.seller.log.length];
      const before = await pair.buyer.get('chat:history', { chatId: pair.chatId });

      await stranger.failure(command, { chatId: pair.chatId, ...payload });

      await Promise.all([pair.buyer.barrier(), pair.seller.barrier()]);
      expect(pair.buyer.log.slice(buyerSaw)).toEqual([]);
      expect(pair.seller.log.slice(sellerSaw)).toEqual([]);
      expect(await pair.buyer.get('chat:history', { chatId: pair.chatId })).toEqual(before);
      expect((await pair.seller.get('chat:join', { chatId: pair.chatId })).typing).toEqual([pair.buyerId]);
      await pair.buyer.get('typing:stop', { chatId: pair.chatId });
    });

    it.each([
      ['no UUID', 'uuid'],
      ['empty', ''],
      ['a number', 7],
      ['null', null],
      ['absent', undefined],
      ['a list', ['0190b3a0-0000-7000-8000-000000000000']],
      ['an object', { toString: 'x' }],
      ['SQL', "'; drop table chat.chats; --"],
      ['with a NUL', '0190b3a0-0000-7000-8000-00000000000\u0000'],
      ['a room of the server', 'user:1'],
    ])('refuses a chat id that is %s, whoever sends it', async (_, chatId) => {
      const stranger = await chat.connect(newUserId());

      const failure = await stranger.failure(command, { chatId, ...payload });

      expectRefusal(failure, 'VALIDATION_FAILED');
      expect(failure.details).toEqual([expect.objectContaining({ path: 'chatId' })]);
      expect(await pair.buyer.failure(command, { chatId, ...payload })).toEqual(failure);
    });

    it('takes the id in capital letters for the same chat', async () => {
      await pair.buyer.get('chat:leave', { chatId: pair.chatId.toUpperCase() });
      expect(await pair.buyer.askRaw(command, { chatId: pair.chatId.toUpperCase(), ...payload })).toMatchObject({
        success: true,
      });
      await pair.buyer.get('typing:stop', { chatId: pair.chatId });
    });
  });

  it('a stranger hears nothing, though he tried to join', async () => {
    const { buyer, chatId } = await connectPair(chat);
    const stranger = await chat.connect(newUserId());
    await stranger.failure('chat:join', { chatId });
    await stranger.barrier();
    const heard = stranger.log.length;

    await buyer.get('message:send', { chatId, text: 'between us', productId: 1 });
    await buyer.get('typing:start', { chatId });
    await buyer.get('typing:stop', { chatId });

    await stranger.barrier();
    expect(stranger.log.slice(heard)).toEqual([]);
  });
});
