import { afterAll, beforeAll, expect, it } from 'vitest';
import { AdminClient, WITH_ADMIN } from '../support/admin/admin-client.js';
import { TestChat } from '../support/chat/test-chat.js';
import type { TestClient } from '../support/chat/test-client.js';
import { newUserId, UNLIMITED } from '../support/chats/participants.js';
import { expectRefusal } from '../support/chats/refusal.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('a server of the marketplace that asks one instance', (services) => {
  let chat: TestChat;
  let admin: AdminClient;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...UNLIMITED,
        ...WITH_ADMIN,
        ...(await serviceEnvironment(services)),
      },
    });
    admin = AdminClient.of(chat);
  });
  afterAll(() => chat.stop());

  interface There {
    chatId: string;
    buyerId: number;
    buyer: TestClient;
    seller: TestClient;
  }

  /** Two members whose sockets are on the other instance; the buyer has joined. */
  async function connectThere(): Promise<There> {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const [buyer, seller] = await Promise.all([
      chat.connect(buyerId, { instance: 1 }),
      chat.connect(sellerId, { instance: 1 }),
    ]);
    const { id: chatId } = await admin.get('POST /admin/chats', { buyerId, sellerId });
    for (const member of [buyer, seller]) {
      expect(await member.event('chat:created')).toMatchObject({ id: chatId });
    }
    await buyer.get('chat:join', { chatId });
    return { chatId, buyerId, buyer, seller };
  }

  it('reaches members on the other with a system message, as one who joined and one who did not', async () => {
    const { chatId, buyer, seller } = await connectThere();
    const posted = await admin.get('POST /admin/chats/:chatId/messages', {
      chatId,
      text: 'Shipped',
      clientMessageId: 'k',
    });
    expect(await buyer.event('message:new')).toEqual(posted);
    expect(await seller.event('message:notification')).toMatchObject({ chatId, message: posted, unreadCount: 1 });
    expect(
      await AdminClient.of(chat, 1).get('POST /admin/chats/:chatId/messages', {
        chatId,
        text: 'Shipped',
        clientMessageId: 'k',
      }),
    ).toEqual(posted);
  });

  it('closes a chat for sockets on the other: nothing is sent, edited or typed there any more, until it is reopened', async () => {
    const { chatId, buyer, seller } = await connectThere();
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'said' });

    const closed = await admin.get('POST /admin/chats/:chatId/close', { chatId });

    expect(await buyer.event('chat:closed')).toEqual(closed);
    expect(await seller.event('chat:closed')).toEqual(closed);
    expectRefusal(await buyer.failure('message:send', { chatId, text: 'too late' }), 'CHAT_CLOSED');
    expectRefusal(await buyer.failure('message:edit', { chatId, messageId, text: 'too late' }), 'CHAT_CLOSED');
    // What keeps signs out of a closed chat came to the other instance before the event did.
    expectRefusal(await buyer.failure('typing:start', { chatId }), 'CHAT_CLOSED');

    await admin.get('POST /admin/chats/:chatId/reopen', { chatId });

    await seller.event('chat:reopened');
    await seller.get('chat:join', { chatId });
    await buyer.event('chat:reopened');
    await buyer.get('typing:start', { chatId });
    await seller.event('typing:start');
    await buyer.get('message:send', { chatId, text: 'back again' });
  });

  it('deletes a message before the eyes of members on the other', async () => {
    const { chatId, buyer, seller } = await connectThere();
    const { id: messageId } = await seller.get('message:send', { chatId, text: 'an insult' });
    const deleted = await admin.get('DELETE /admin/chats/:chatId/messages/:messageId', { chatId, messageId });
    expect(await buyer.event('message:deleted')).toEqual(deleted);
  });

  it('cuts off a user whose sockets are on the other', async () => {
    const { buyer, buyerId } = await connectThere();
    await admin.get('POST /admin/users/:userId/cut', { userId: buyerId });
    expect(await buyer.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
    await buyer.disconnected();
  });

  it('erases a user: his sockets on the other go, and members there are told to sync', async () => {
    const { chatId, buyer, buyerId, seller } = await connectThere();
    await buyer.get('message:send', { chatId, text: 'mine' });
    const { id: messageId } = await seller.get('message:send', { chatId, text: 'not his' });
    await buyer.get('message:react', { chatId, messageId, emoji: '👍' });

    const erased = await admin.get('POST /admin/users/:userId/erase', { userId: buyerId });

    expect(erased).toMatchObject({ messages: 1, versions: 0, reactions: 1, nextCursor: null });
    await buyer.disconnected();
    await seller.event('sync:required');
    const { chats } = await seller.get('chat:sync', { chats: [{ chatId, rev: 0 }] });
    expect(chats[0]?.messages).toMatchObject([
      { text: '', deletedAt: expect.any(String) },
      { text: 'not his', reactions: [] },
    ]);
  });
});
