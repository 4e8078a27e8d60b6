import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandName, commands, isCommandName } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import {
  connectPair,
  createGroup,
  joinedPair,
  newUserId,
  type Pair,
  UNLIMITED,
} from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { goodPayloads } from '../../support/socket/good-payloads.js';

/** Every command with a `chatId` anywhere in its payload, as the contract has it: a new one is held to this file unasked. */
const NAMING_A_CHAT = Object.keys(commands)
  .filter(isCommandName)
  .filter((name) =>
    JSON.stringify(z.toJSONSchema(commands[name].payload, { io: 'input', unrepresentable: 'any' })).includes(
      '"chatId":',
    ),
  );

/** Commands that do not refuse a chat of others, and why that tells and does nothing. Each has a test of its own below. */
const NOT_REFUSING: Partial<Record<CommandName, string>> = {
  'chat:leave': 'only takes the socket out of a room; who is in none of that name stays as he is',
  'chat:sync': "names many chats, and answers each that is not the caller's with resync",
};

const INSIDE_A_CHAT = NAMING_A_CHAT.filter((name) => NOT_REFUSING[name] === undefined);

/** Commands that do without a chat, and then mean all chats of the caller. */
const CHAT_IS_OPTIONAL = new Set<CommandName>(['message:search']);

const NO_CHAT_IDS: [string, unknown][] = [
  ['no UUID', 'uuid'],
  ['empty', ''],
  ['SQL', "'; drop table chat.chats; --"],
  ['with a NUL', '0190b3a0-0000-7000-8000-00000000000\u0000'],
  ['a room of the server', 'user:1'],
];

const NO_CHAT_VALUES: [string, unknown][] = [
  ['a number', 7],
  ['null', null],
  ['absent', undefined],
  ['a list', ['0190b3a0-0000-7000-8000-000000000000']],
  ['an object', { toString: 'x' }],
];

describe('inside a chat', () => {
  let chat: TestChat;
  let pair: Pair;

  beforeAll(async () => {
    chat = await TestChat.start({ env: UNLIMITED });
    pair = await joinedPair(chat);
  });
  afterAll(() => chat.stop());

  /**
   * What the buyer would send, and the chat it is about, which the seller has joined too. Every call has a message of the
   * buyer's, or a group that he owns, of its own.
   */
  async function prepare(command: CommandName): Promise<{ chatId: string; payload: Record<string, unknown> }> {
    const { buyer, buyerId, seller, sellerId } = pair;
    const memberId = newUserId();
    const groupId = command.startsWith('group:') ? await createGroup(buyer, [sellerId, memberId]) : pair.chatId;
    await Promise.all([buyer, seller].map((client) => client.get('chat:join', { chatId: groupId })));
    const { id: messageId } = await buyer.get('message:send', { chatId: pair.chatId, text: 'between us' });
    const { id: theirMessageId } = await seller.get('message:send', { chatId: pair.chatId, text: 'between us two' });
    const payloads = goodPayloads({
      chatId: pair.chatId,
      messageId,
      theirMessageId,
      buyerId,
      sellerId,
      groupId,
      memberId,
      otherMemberId: sellerId,
      token: chat.marketplace.token({ userId: buyerId }),
    });
    return { chatId: groupId, payload: { ...payloads[command], chatId: undefined } };
  }

  it('is where most commands happen', () => {
    expect(INSIDE_A_CHAT).toEqual(
      expect.arrayContaining(['chat:join', 'message:send', 'message:edit', 'message:read']),
    );
    expect(NAMING_A_CHAT).toEqual(expect.arrayContaining(Object.keys(NOT_REFUSING)));
  });

  describe.each(INSIDE_A_CHAT)('%s', (command) => {
    it('answers a stranger alike about a chat of others and one that does not exist', async () => {
      const stranger = await chat.connect(newUserId());
      const { chatId, payload } = await prepare(command);

      const ofOthers = await stranger.failure(command, { ...payload, chatId });
      const ofNobody = await stranger.failure(command, { ...payload, chatId: randomUUID() });

      expectRefusal(ofOthers, 'CHAT_NOT_FOUND');
      expect(ofNobody).toEqual(ofOthers);
    });

    it('answers who was removed from a group as it answers a stranger', async () => {
      const formerId = newUserId();
      const former = await chat.connect(formerId);
      const chatId = await createGroup(pair.buyer, [formerId]);
      await former.get('chat:join', { chatId });
      const { payload } = await prepare(command);
      await pair.buyer.get('group:remove', { chatId, userId: formerId });

      const failure = await former.failure(command, { ...payload, chatId });

      expectRefusal(failure, 'CHAT_NOT_FOUND');
      expect(failure).toEqual(await former.failure(command, { ...payload, chatId: randomUUID() }));
    });

    it('of a stranger has no effect that the members could see', async () => {
      const stranger = await chat.connect(newUserId());
      const { chatId, payload } = await prepare(command);
      await pair.buyer.get('typing:start', { chatId });
      const before = await pair.seller.get('chat:join', { chatId });
      await Promise.all([pair.buyer.barrier(), pair.seller.barrier()]);
      const [buyerSaw, sellerSaw] = [pair.buyer.log.length, pair.seller.log.length];

      await stranger.failure(command, { ...payload, chatId });

      await Promise.all([pair.buyer.barrier(), pair.seller.barrier()]);
      expect(pair.buyer.log.slice(buyerSaw)).toEqual([]);
      expect(pair.seller.log.slice(sellerSaw)).toEqual([]);
      // Messages, their texts, everybody's marks, and who types.
      expect(before.typing).toEqual([pair.buyerId]);
      expect(await pair.seller.get('chat:join', { chatId })).toEqual(before);
      await pair.buyer.get('typing:stop', { chatId });
    });

    it.each(NO_CHAT_IDS)('answers a chat id that is %s as it does for a chat of others', async (_, noChatId) => {
      const stranger = await chat.connect(newUserId());
      const { chatId, payload } = await prepare(command);

      const failure = await stranger.failure(command, { ...payload, chatId: noChatId });

      expect(failure).toEqual(await stranger.failure(command, { ...payload, chatId }));
      expect(await pair.buyer.failure(command, { ...payload, chatId: noChatId })).toEqual(failure);
    });

    it.each(NO_CHAT_VALUES.filter(([, chatId]) => chatId !== undefined || !CHAT_IS_OPTIONAL.has(command)))(
      'refuses a chat id that is %s, whoever sends it',
      async (_, chatId) => {
        const stranger = await chat.connect(newUserId());
        const { payload } = await prepare(command);

        const failure = await stranger.failure(command, { ...payload, chatId });

        expectRefusal(failure, 'VALIDATION_FAILED');
        expect(failure.details).toEqual([expect.objectContaining({ path: 'chatId' })]);
        expect(await pair.buyer.failure(command, { ...payload, chatId })).toEqual(failure);
      },
    );

    it('takes the id in capital letters for the same chat', async () => {
      const { chatId, payload } = await prepare(command);
      await pair.buyer.get('chat:leave', { chatId: chatId.toUpperCase() });
      expect(await pair.buyer.askRaw(command, { ...payload, chatId: chatId.toUpperCase() })).toMatchObject({
        success: true,
      });
      await pair.buyer.get('typing:stop', { chatId: pair.chatId });
    });
  });

  it('a stranger who leaves it learns nothing: he is answered as for a chat that does not exist', async () => {
    const stranger = await chat.connect(newUserId());

    const ofOthers = await stranger.askRaw('chat:leave', { chatId: pair.chatId });
    const ofNobody = await stranger.askRaw('chat:leave', { chatId: randomUUID() });

    expect(ofOthers).toMatchObject({ success: true });
    expect(ofNobody).toEqual(ofOthers);
    for (const [, noChat] of NO_CHAT_IDS) {
      expect(await stranger.askRaw('chat:leave', { chatId: noChat })).toEqual(ofOthers);
    }
    const { seller, chatId } = pair;
    await seller.get('chat:join', { chatId });
    const { id } = await pair.buyer.get('message:send', { chatId, text: 'the members stay' });
    await seller.event('message:new', (message) => message.id === id);
  });

  it('a stranger who syncs it learns nothing: he is answered as for a chat that does not exist', async () => {
    const stranger = await chat.connect(newUserId());
    const nowhere = randomUUID();

    for (const rev of [0, 1, 1_000_000]) {
      const chats = [pair.chatId, nowhere].map((chatId) => ({ chatId, rev }));
      const answer = await stranger.get('chat:sync', { chats });
      expect(answer.chats).toEqual(
        chats.map(({ chatId }) => ({ chatId, resync: true, rev: 0, hasMore: false, closedAt: null, messages: [] })),
      );
    }
  });

  it.each(NO_CHAT_IDS)('a sync of a chat id that is %s does not fit the contract', async (_, chatId) => {
    const failure = await pair.buyer.failure('chat:sync', {
      chats: [
        { chatId: pair.chatId, rev: 0 },
        { chatId, rev: 0 },
      ],
    });
    expectRefusal(failure, 'VALIDATION_FAILED');
    expect(failure.details).toEqual([expect.objectContaining({ path: 'chats.1.chatId' })]);
  });

  it('a stranger hears nothing, though he tried to join', async () => {
    const { buyer, seller, chatId } = await connectPair(chat);
    const stranger = await chat.connect(newUserId());
    await stranger.failure('chat:join', { chatId });
    await stranger.barrier();
    const heard = stranger.log.length;

    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'between us', productId: 1 });
    await buyer.get('message:edit', { chatId, messageId, text: 'between the two of us' });
    await seller.get('message:read', { chatId, messageId });
    await buyer.get('message:delete', { chatId, messageId });
    await buyer.get('typing:start', { chatId });
    await buyer.get('typing:stop', { chatId });

    await stranger.barrier();
    expect(stranger.log.slice(heard)).toEqual([]);
  });
});
