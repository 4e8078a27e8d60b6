import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MessagesService } from '../../../src/messages/messages.service.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

const notice = { kind: 'notice', code: 'order_shipped', params: { order: 'A-7', parcels: 2 } } as const;

describe('a message of the marketplace itself', () => {
  let chat: TestChat;
  let messages: MessagesService;

  beforeAll(async () => {
    const onStored = MessagesService.prototype.onStored;
    vi.spyOn(MessagesService.prototype, 'onStored').mockImplementationOnce(function (this: MessagesService, listener) {
      messages = this;
      onStored.call(this, listener);
    });
    chat = await TestChat.start({ env: UNLIMITED });
  });
  afterAll(() => chat.stop());

  it('is shown to all members as nobody’s, and is unread for both', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    await seller.get('chat:leave', { chatId });

    const posted = await messages.postSystem({ chatId, text: 'Order A-7 was shipped', notice, productId: '9' });

    expect(posted).toMatchObject({ seq: 1, senderId: null, type: 'system', system: notice, productId: 9 });
    expect(await buyer.event('message:new')).toEqual(posted);
    expect(await seller.event('message:notification')).toEqual({
      chatId,
      message: posted,
      sender: null,
      unreadCount: 1,
      muted: false,
    });
    const { members, messages: page } = await buyer.get('chat:join', { chatId });
    expect(page).toEqual([posted]);
    expect((await seller.get('chat:list', {})).chats).toMatchObject([{ lastMessage: posted, unreadCount: 1 }]);
    expect(members.map(({ lastReadSeq }) => lastReadSeq)).toEqual([0, 0]);
    expect((await buyer.event('chat:updated')).productId).toBe(9);
  });

  it('is posted once under one key', async () => {
    const { buyer, chatId } = await joinedPair(chat);
    const post = { chatId, text: 'Order A-7 was shipped', notice, clientMessageId: 'order A-7 shipped' };

    const [first, again] = [await messages.postSystem(post), await messages.postSystem(post)];

    expect(again).toEqual(first);
    expect((await buyer.get('chat:history', { chatId })).messages).toEqual([first]);
    await expect(messages.postSystem({ ...post, text: 'something else' })).rejects.toMatchObject({
      code: 'DUPLICATE_CLIENT_ID',
    });
  });

  it('cannot go to a chat that does not exist', async () => {
    await expect(messages.postSystem({ chatId: randomUUID(), text: 'anybody?', notice })).rejects.toMatchObject({
      code: 'CHAT_NOT_FOUND',
    });
  });

  it.each([
    ['without words', ' \n', 'MESSAGE_EMPTY'],
    ['longer than any message', 'x'.repeat(4_001), 'MESSAGE_TOO_LONG'],
  ])('is not posted %s', async (_, text, code) => {
    const { chatId } = await joinedPair(chat);
    await expect(messages.postSystem({ chatId, text, notice })).rejects.toMatchObject({ code });
  });

  it('can be read and received, and by no member edited or deleted', async () => {
    const { buyer, chatId } = await joinedPair(chat);
    const { id: messageId } = await messages.postSystem({ chatId, text: 'Order A-7 was shipped', notice });
    expect(await buyer.get('message:read', { chatId, messageId })).toMatchObject({ lastReadSeq: 1 });
    expectRefusal(await buyer.failure('message:edit', { chatId, messageId, text: 'never' }), 'FORBIDDEN');
    expectRefusal(await buyer.failure('message:delete', { chatId, messageId }), 'FORBIDDEN');
  });

  it('cannot be forged: clients cannot send the type, and what they say of sender and notice is ignored', async () => {
    const { buyer, buyerId, chatId } = await joinedPair(chat);
    const forged = { chatId, text: 'Order A-7 was paid', senderId: '', system: notice };
    expectRefusal(await buyer.failure('message:send', { ...forged, type: 'system' }), 'VALIDATION_FAILED');
    const answer = await buyer.askRaw('message:send', forged);
    expect(answer).toMatchObject({ success: true, data: { senderId: buyerId, type: 'text' } });
    expect(answer).not.toHaveProperty('data.system');
  });
});
