import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

describe('a message sent again under its clientMessageId', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  const message = { text: 'is it still there?', productId: 7, clientMessageId: 'key' };

  it('is the same message, and is shown to nobody twice', async () => {
    const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
    const unjoined = await chat.connect(sellerId);

    const first = await buyer.get('message:send', { chatId, ...message });
    const again = await buyer.get('message:send', { chatId, ...message });

    expect(again).toEqual(first);
    expect(first.clientMessageId).toBe('key');
    const next = await buyer.get('message:send', { chatId, text: 'next' });
    expect(next.seq).toBe(2);
    await unjoined.event('message:notification', ({ message: { seq } }) => seq === 2);
    await Promise.all([buyer, seller, unjoined].map((client) => client.barrier()));
    expect(buyer.received('message:new')).toEqual([first, next]);
    expect(seller.received('message:new')).toEqual([first, next]);
    expect(unjoined.received('message:notification').map(({ message: { seq } }) => seq)).toEqual([1, 2]);
  });

  it('many times at once, from several devices, is stored once and answered alike', async () => {
    const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
    const phone = await chat.connect(buyerId);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? buyer : phone).get('message:send', { chatId, ...message }),
      ),
    );

    const [first] = answers;
    expect(answers).toEqual(answers.map(() => first));
    expect((await buyer.get('chat:history', { chatId })).messages).toEqual([first]);
    await seller.barrier();
    expect(seller.received('message:new')).toEqual([first]);
  });

  it('after a reconnect is still the same message', async () => {
    const { buyer, buyerId, chatId } = await joinedPair(chat);
    const first = await buyer.get('message:send', { chatId, ...message });
    buyer.close();
    const returned = await chat.connect(buyerId);
    expect(await returned.get('message:send', { chatId, ...message })).toEqual(first);
  });

  it.each([
    ['another text', { ...message, text: 'is it sold?' }],
    ['another product', { ...message, productId: 8 }],
    ['no product', { text: message.text, clientMessageId: message.clientMessageId }],
  ])('but with %s is refused, and the first one stays', async (_, changed) => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const first = await buyer.get('message:send', { chatId, ...message });

    expectRefusal(await buyer.failure('message:send', { chatId, ...changed }), 'DUPLICATE_CLIENT_ID');

    expect((await buyer.get('chat:history', { chatId })).messages).toEqual([first]);
    await seller.barrier();
    expect(seller.received('message:new')).toEqual([first]);
  });

  it('at once with another text is stored with one of the two, and the other is refused', async () => {
    const { buyer, chatId } = await joinedPair(chat);

    const answers = await Promise.all(
      ['one', 'other'].map((text) => buyer.ask('message:send', { chatId, text, clientMessageId: 'key' })),
    );

    const refused = answers.flatMap((answer) => (answer.success ? [] : [answer.error]));
    const stored = answers.flatMap((answer) => (answer.success ? [answer.data] : []));
    expect(refused.map(({ code }) => code)).toEqual(['DUPLICATE_CLIENT_ID']);
    expect((await buyer.get('chat:history', { chatId })).messages).toEqual(stored);
  });

  it('by the other member is another message', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const mine = await buyer.get('message:send', { chatId, ...message });
    const theirs = await seller.get('message:send', { chatId, ...message });
    expect([mine.seq, theirs.seq]).toEqual([1, 2]);
  });

  it('in another chat is another message', async () => {
    const { buyer, buyerId, chatId } = await joinedPair(chat);
    const { sellerId } = await connectPair(chat);
    const { id: otherChat } = await buyer.get('chat:create', { buyerId, sellerId });
    const here = await buyer.get('message:send', { chatId, ...message });
    const there = await buyer.get('message:send', { chatId: otherChat, ...message });
    expect(there.id).not.toBe(here.id);
    expect(there.seq).toBe(1);
  });

  it('without a key is a new message each time, keyed by its own id', async () => {
    const { buyer, chatId } = await joinedPair(chat);
    const [first, second] = [
      await buyer.get('message:send', { chatId, text: 'same words' }),
      await buyer.get('message:send', { chatId, text: 'same words', clientMessageId: null }),
    ];
    expect(second?.seq).toBe(2);
    expect(first?.clientMessageId).toBe(first?.id);
    expect(second?.clientMessageId).toBe(second?.id);
  });
});
