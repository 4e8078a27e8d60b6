import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import {
  connectPair,
  createGroup,
  joinedPair,
  newUserId,
  type Pair,
  profilesKnown,
  UNLIMITED,
} from '../../support/chats/participants.js';
import { PlainClient } from '../../support/raw-websocket/plain-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';

/** Users sometimes write one of these; JSON, UTF-8 and the cutting out of frames must not mind. */
const AWKWARD_TEXTS = [
  '"]',
  '}]',
  '2/chat,["close",null,4000,"x"]',
  '\u2028 \\ "',
  '😀 漢 \u0007',
  '["frame",{"type":"x"}]',
];

describe('a conversation over plain WebSockets', () => {
  let chat: TestChat;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({ env: { ...UNLIMITED, DIALECTS: 'plain-websocket' } });
  });
  afterAll(() => chat.stop());

  async function pairWithPlainSeller(): Promise<Pair & { plain: PlainClient }> {
    const pair = await joinedPair(chat);
    await profilesKnown(pair);
    return { ...pair, plain: await PlainClient.connect(chat, pair.chatId, { userId: pair.sellerId }) };
  }

  it('begins with the chat’s integer, by which it is found from then on', async () => {
    const { chatId, sellerId, buyerId } = await connectPair(chat);
    const first = await PlainClient.connect(chat, chatId, { userId: sellerId });
    const number = await first.established();

    const second = await PlainClient.connect(chat, number, { userId: buyerId });

    expect(Number.isSafeInteger(number)).toBe(true);
    expect(second.frames[0]).toEqual({
      type: 'connection_established',
      message: 'Successfully connected to chat',
      chat_id: number,
    });
    first.send({ type: 'message', text: 'found you' });
    await expect.poll(() => second.messages()).toHaveLength(1);
  });

  it('is the same as over Socket.IO: each hears the other, and himself', async () => {
    const { buyer, buyerId, sellerId, chatId, plain } = await pairWithPlainSeller();

    plain.send({ type: 'message', text: 'Hello' });
    const sent = await buyer.event('message:new');
    const answer = await buyer.get('message:send', { chatId, text: 'Hello yourself' });
    await expect.poll(() => plain.messages()).toHaveLength(2);

    expect(sent).toMatchObject({ chatId, senderId: sellerId, text: 'Hello', type: 'text' });
    const sender = (id: number) => ({ id, username: `user-${id}`, first_name: 'User', last_name: String(id) });
    const [first, second] = plain.messages();
    expect(first).toEqual({
      id: expect.any(Number),
      text: 'Hello',
      sender: sender(sellerId),
      timestamp: sent.createdAt,
      is_edited: false,
      is_deleted: false,
    });
    expect(second).toMatchObject({ text: 'Hello yourself', sender: sender(buyerId), timestamp: answer.createdAt });
    expect(second?.id).toBe((first?.id as number) + 1);
  });

  it('carries every text unharmed, both ways', async () => {
    const { buyer, chatId, plain } = await pairWithPlainSeller();
    for (const text of AWKWARD_TEXTS) {
      plain.send({ type: 'message', text });
      await buyer.event('message:new', (message) => message.text === text);
      await buyer.get('message:send', { chatId, text: `${text} too` });
    }
    await plain.barrier();

    expect(plain.messages().map(({ text }) => text)).toEqual(AWKWARD_TEXTS.flatMap((text) => [text, `${text} too`]));
    expect(plain.ended).toBeNull();
  });

  it('shows a changed message again, marked', async () => {
    const { buyer, chatId, plain } = await pairWithPlainSeller();
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'Helo' });
    await buyer.get('message:edit', { chatId, messageId, text: 'Hello' });
    await buyer.get('message:delete', { chatId, messageId });
    await plain.barrier();

    const [sent, edited, deleted] = plain.messages();
    expect(plain.messages()).toHaveLength(3);
    expect(edited).toEqual({ ...sent, text: 'Hello', is_edited: true });
    expect(deleted).toEqual({ ...edited, text: '', is_deleted: true });
  });

  it('shows typing and its end, and reading', async () => {
    const { buyer, buyerId, sellerId, chatId, plain } = await pairWithPlainSeller();
    const byBuyer = { user_id: buyerId, username: `user-${buyerId}` };

    plain.send({ type: 'message', text: 'read me' });
    plain.send({ type: 'typing', is_typing: true });
    await buyer.event('typing:start', ({ userId }) => userId === sellerId);
    plain.send({ type: 'typing', is_typing: false });
    await buyer.event('typing:stop', ({ userId }) => userId === sellerId);
    await buyer.get('typing:start', { chatId });
    await buyer.get('typing:stop', { chatId });
    await buyer.get('message:read', { chatId });
    const { seq } = await buyer.get('message:send', { chatId, text: 'and you me' });
    plain.send({ type: 'read_messages' });
    await buyer.event('message:read', (mark) => mark.userId === sellerId && mark.seq === seq);
    await plain.barrier();

    expect(plain.ofType('typing')).toEqual([
      { type: 'typing', ...byBuyer, is_typing: true },
      { type: 'typing', ...byBuyer, is_typing: false },
    ]);
    expect(plain.ofType('messages_read')).toContainEqual({ type: 'messages_read', ...byBuyer });
  });

  it('tells nothing of the user’s other chats', async () => {
    const { sellerId, seller, plain } = await pairWithPlainSeller();
    const other = await chat.connect(newUserId());
    const otherChat = await createGroup(other, [sellerId]);
    await seller.get('chat:join', { chatId: otherChat });
    await other.get('chat:join', { chatId: otherChat });
    await plain.barrier();
    const heard = plain.frames.length;

    const { id: messageId } = await other.get('message:send', { chatId: otherChat, text: 'elsewhere' });
    await other.get('message:edit', { chatId: otherChat, messageId, text: 'elsewhere!' });
    await other.get('typing:start', { chatId: otherChat });
    await seller.get('message:read', { chatId: otherChat });
    await other.get('group:remove', { chatId: otherChat, userId: sellerId });
    await seller.event('chat:removed');
    await plain.barrier();

    expect(plain.frames.slice(heard)).toEqual([]);
    expect(plain.ended).toBeNull();
  });

  it('counts as the user being online, until it ends', async () => {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const buyer = await chat.connect(buyerId);
    const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId });
    const plain = await PlainClient.connect(chat, chatId, { userId: sellerId });
    await buyer.event('user:online', ({ userId }) => userId === sellerId);

    plain.socket.close();

    await buyer.event('user:offline', ({ userId }) => userId === sellerId);
    expect(await plain.closed()).toBe(1005);
  });

  it('takes what a client says at once, before it knows that it is in', async () => {
    const { buyer, sellerId, chatId } = await joinedPair(chat);
    const plain = PlainClient.visit(chat, chatId, { userId: sellerId });
    plain.socket.once('open', () => {
      for (let n = 1; n <= 8; n++) {
        plain.send({ type: 'message', text: String(n) });
      }
    });
    await expect.poll(() => plain.messages(), { timeout: 10_000 }).toHaveLength(8);

    expect(plain.frames[0]?.type).toBe('connection_established');
    expect(plain.messages().map(({ text }) => text)).toEqual(Array.from({ length: 8 }, (_, n) => String(n + 1)));
    expect(buyer.received('message:new')).toHaveLength(8);
  });

  it('has the documented words for what makes no sense', async () => {
    const { plain } = await pairWithPlainSeller();
    plain.socket.send('{"type": "message"');
    plain.socket.send(Buffer.from([1, 2, 3]));
    plain.send({ type: 'message', text: '   ' });
    plain.send({ type: 'message' });
    plain.send({ type: 'invalid_type' });
    plain.send({ type: 'message', text: 5 });
    await plain.barrier();

    expect(plain.ofType('error').map(({ message }) => message)).toEqual([
      'Invalid JSON format',
      'Invalid JSON format',
      'Message text cannot be empty',
      'Message text cannot be empty',
      'Unknown message type: invalid_type',
      expect.stringMatching(/^unable to send message; text: /),
    ]);
    expect(plain.messages()).toEqual([]);
  });
});
