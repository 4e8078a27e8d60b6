import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';

describe('a conversation', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  it('reaches who joined as message:new and who did not as message:notification', async () => {
    const buyer = await chat.connect(123);
    const seller = await chat.connect(456);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 123, sellerId: 456 });
    await seller.event('chat:created', ({ id }) => id === chatId);
    await buyer.get('chat:join', { chatId });

    const sent = await buyer.get('message:send', { chatId, text: 'is it still there?' });

    expect(await buyer.event('message:new')).toEqual(sent);
    expect(await seller.event('message:notification')).toMatchObject({ chatId, message: sent, unreadCount: 1 });
    expect(seller.received('message:new')).toEqual([]);

    const joined = await seller.get('chat:join', { chatId });
    expect(joined.messages).toEqual([sent]);
    const answer = await seller.get('message:send', { chatId, text: 'it is' });
    expect(await buyer.event('message:new', ({ id }) => id === answer.id)).toEqual(answer);
    expect(answer.seq).toBe(2);
  });
});
