import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair, UNLIMITED } from '../../support/chats/participants.js';
import { failureIn, RestClient } from '../../support/rest/rest-client.js';

describe('HTTP beside sockets', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({ env: UNLIMITED });
  });
  afterAll(() => chat.stop());

  it("a message that HTTP sent reaches the members' sockets, the sender's own too", async () => {
    const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
    const elsewhere = await chat.connect(sellerId);

    const message = await RestClient.of(chat, buyerId).get('POST /messages', {
      chatId,
      text: 'from afar',
      productId: 9,
    });

    expect(await buyer.event('message:new')).toEqual(message);
    expect(await seller.event('message:new')).toEqual(message);
    expect(await elsewhere.event('message:notification')).toMatchObject({
      chatId,
      message,
      unreadCount: 1,
    });
    expect(await seller.event('chat:updated')).toMatchObject({ id: chatId, productId: 9 });
    expect((await seller.get('chat:history', { chatId })).messages).toEqual([message]);
  });

  it('edits, deletes and marks over HTTP reach them as well', async () => {
    const { buyerId, seller, chatId } = await joinedPair(chat);
    const rest = RestClient.of(chat, buyerId);
    const { id: messageId } = await seller.get('message:send', { chatId, text: 'hello' });
    await rest.get('PUT /chats/:chatId/read', { chatId, messageId });
    const { id: own } = await rest.get('POST /messages', { chatId, text: 'helo' });
    const edited = await rest.get('PATCH /chats/:chatId/messages/:messageId', {
      chatId,
      messageId: own,
      text: 'hello',
    });
    const deleted = await rest.get('DELETE /chats/:chatId/messages/:messageId', { chatId, messageId: own });

    expect(await seller.event('message:updated')).toEqual(edited);
    expect(await seller.event('message:deleted')).toEqual(deleted);
    expect(await seller.event('message:read')).toMatchObject({ chatId, userId: buyerId });
  });

  it('a chat that HTTP opened is announced to both members once, however often it is opened', async () => {
    const { buyer, buyerId, sellerId, chatId } = await connectPair(chat);
    const rest = RestClient.of(chat, buyerId);

    expect(await rest.get('POST /chats', { buyerId, sellerId })).toMatchObject({ id: chatId });

    await buyer.barrier();
    expect(buyer.received('chat:created')).toHaveLength(1);
  });

  it('one clientMessageId is one message, by whichever way it is sent', async () => {
    const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
    const rest = RestClient.of(chat, buyerId);
    const payload = { chatId, text: 'only once', clientMessageId: randomUUID() };

    const answers = await Promise.all([
      buyer.get('message:send', payload),
      rest.get('POST /messages', payload),
      rest.get('POST /chats/:chatId/messages', payload),
    ]);
    const again = [await rest.get('POST /messages', payload), await buyer.get('message:send', payload)];
    const other = await rest.ask('POST /messages', { ...payload, text: 'something else' });

    const [message] = answers;
    expect([...answers, ...again]).toEqual(Array(5).fill(message));
    expect(other.status).toBe(409);
    expect(failureIn(other).code).toBe('DUPLICATE_CLIENT_ID');
    await Promise.all([buyer.barrier(), seller.barrier()]);
    expect(seller.received('message:new')).toEqual([message]);
    expect((await buyer.get('chat:history', { chatId })).messages).toEqual([message]);
  });

  it('looking at a chat over HTTP joins nobody to it', async () => {
    const { buyer, buyerId, seller, chatId } = await connectPair(chat);
    await RestClient.of(chat, buyerId).get('GET /chats/:chatId', { chatId });
    await buyer.get('chat:get', { chatId });

    const message = await seller.get('message:send', { chatId, text: 'hello' });

    expect(await buyer.event('message:notification')).toMatchObject({ message });
    expect(buyer.received('message:new')).toEqual([]);
  });
});
