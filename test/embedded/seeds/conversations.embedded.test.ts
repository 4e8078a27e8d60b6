import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandData, Message } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { doors } from '../../support/chats/door.js';
import { newUserId, UNLIMITED } from '../../support/chats/participants.js';

/** What chat clients call a message's status, from what joining a chat answers. */
function statusOf({ seq, senderId }: Message, { members }: CommandData<'chat:join'>): 'sent' | 'delivered' | 'read' {
  const others = members.filter(({ userId }) => userId !== senderId);
  if (others.every(({ lastReadSeq }) => lastReadSeq >= seq)) {
    return 'read';
  }
  return others.every(({ lastDeliveredSeq }) => lastDeliveredSeq >= seq) ? 'delivered' : 'sent';
}

/**
 * What the chats of marketplaces are known to do, played as conversations. Who acts does so once over each way there is; who
 * watches has a socket, because events come nowhere else, and only there can one join or type.
 */
describe.each(doors)('a conversation through $name', ({ open }) => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({ env: UNLIMITED });
  });
  afterAll(() => chat.stop());

  it('of a room: opened, renamed, joined by more people, left, with the status of each message', async () => {
    const [owner, first, second] = [newUserId(), newUserId(), newUserId()];
    const watcher = await chat.connect(first);
    const newcomer = await chat.connect(second);
    const acting = await open(chat, owner);

    const { id: chatId } = await acting.run('chat:create', { type: 'group', name: 'Delivery', userIds: [first] });
    expect(await watcher.event('chat:created', ({ id }) => id === chatId)).toMatchObject({ name: 'Delivery' });
    await watcher.get('chat:join', { chatId });

    await acting.run('group:rename', { chatId, name: 'Delivery on Friday' });
    expect(await watcher.event('chat:updated')).toMatchObject({ name: 'Delivery on Friday' });

    await acting.run('group:add', { chatId, userIds: [second] });
    await newcomer.event('chat:created', ({ id }) => id === chatId);
    await acting.run('group:role', { chatId, userId: first, role: 'moderator' });

    const message = await acting.run('message:send', { chatId, text: 'Hello everyone!' });
    expect(await watcher.event('message:new', ({ id }) => id === message.id)).toEqual(message);
    const status = async () => statusOf(message, await acting.run('chat:get', { chatId }));
    expect(await status()).toBe('sent');
    await watcher.get('message:delivered', { chatId });
    await newcomer.get('message:delivered', { chatId });
    expect(await status()).toBe('delivered');
    await watcher.get('message:read', { chatId });
    await newcomer.get('message:read', { chatId });
    expect(await status()).toBe('read');

    await acting.run('group:remove', { chatId, userId: second });
    await newcomer.event('chat:removed', (removed) => removed.chatId === chatId);
    await acting.run('message:send', { chatId, text: 'without him' });
    await watcher.event('message:new', ({ text }) => text === 'without him');
    await newcomer.barrier();
    expect(newcomer.received('message:new').filter(({ text }) => text === 'without him')).toEqual([]);

    await acting.run('group:leave', { chatId });
    expect(await acting.refusal('chat:get', { chatId })).toMatchObject({ code: 'CHAT_NOT_FOUND' });
  });

  it('in one chat: text with its sender, edited, deleted, typed, read; nonsense answered, strangers shut out', async () => {
    const [john, jane] = [newUserId(), newUserId()];
    const watcher = await chat.connect(jane);
    const typist = await chat.connect(john);
    const acting = await open(chat, john);
    const { id: chatId } = await acting.run('chat:create', { buyerId: john, sellerId: jane });
    await watcher.event('chat:created', ({ id }) => id === chatId);
    await watcher.get('chat:join', { chatId });

    const message = await acting.run('message:send', { chatId, text: 'Привет, как дела?' });
    expect(await watcher.event('message:new')).toMatchObject({ text: 'Привет, как дела?', senderId: john });
    const { senders } = await acting.run('chat:history', { chatId });
    expect(senders.map(({ userId }) => userId)).toContain(john);
    await acting.run('message:edit', { chatId, messageId: message.id, text: 'Привет!' });
    expect((await watcher.event('message:updated')).editedAt).not.toBeNull();
    await acting.run('message:delete', { chatId, messageId: message.id });
    expect(await watcher.event('message:deleted')).toMatchObject({ id: message.id, text: '' });

    await typist.get('typing:start', { chatId });
    await watcher.event('typing:start', ({ userId }) => userId === john);
    await typist.get('typing:stop', { chatId });
    await watcher.event('typing:stop', ({ userId }) => userId === john);

    await watcher.get('message:send', { chatId, text: 'Хорошо' });
    const marks = await acting.run('message:read', { chatId });
    expect(marks.lastReadSeq).toBe(2);
    expect(await watcher.event('message:read', ({ userId }) => userId === john)).toMatchObject({ chatId, seq: 2 });

    expect(await acting.refusal('message:send', { chatId, text: ' ' })).toMatchObject({ code: 'MESSAGE_EMPTY' });
    const stranger = await open(chat, newUserId());
    const knocking = await stranger.refusal('message:send', { chatId, text: 'let me in' });
    expect(knocking).toMatchObject({ code: 'CHAT_NOT_FOUND' });
  });

  it('of an inbox: listed with its peer, unread, notified, read, its history paged, deleted until it goes on', async () => {
    const [brand, influencer] = [newUserId(), newUserId()];
    const watcher = await chat.connect(influencer);
    const [asking, answering] = [await open(chat, brand), await open(chat, influencer)];
    const { id: chatId } = await asking.run('chat:create', { buyerId: brand, sellerId: influencer, productId: 7 });
    await watcher.event('chat:created', ({ id }) => id === chatId);
    const attachment = {
      url: 'https://files.example/file.pdf',
      name: 'file.pdf',
      size: 512,
      mimeType: 'application/pdf',
    };

    await asking.run('message:send', { chatId, text: 'Hello!' });
    const sent = await asking.run('message:send', { chatId, text: '', attachments: [attachment] });

    expect(await watcher.event('message:notification', ({ message }) => message.id === sent.id)).toMatchObject({
      chatId,
      unreadCount: 2,
      message: { type: 'file', attachments: [attachment] },
    });
    const [listed] = (await answering.run('chat:list', {})).chats;
    expect(listed).toMatchObject({ chat: { id: chatId, productId: 7 }, unreadCount: 2, lastMessage: { id: sent.id } });
    expect(listed?.peer?.userId).toBe(brand);
    expect(await answering.run('chat:unread-count', {})).toEqual({ unreadCount: 2, unreadChats: 1 });
    const page = await answering.run('chat:history', { chatId, limit: 1 });
    expect(page).toMatchObject({ hasMore: true, messages: [{ id: sent.id }] });

    await answering.run('message:read', { chatId, messageId: sent.id });
    expect(await answering.run('chat:unread-count', {})).toEqual({ unreadCount: 0, unreadChats: 0 });
    expect((await asking.run('users:online', { userIds: [influencer] })).userIds).toEqual([influencer]);

    await answering.run('chat:hide', { chatId });
    expect((await answering.run('chat:list', {})).chats).toEqual([]);
    expect((await asking.run('chat:list', {})).chats.map((row) => row.chat.id)).toEqual([chatId]);
    await asking.run('message:send', { chatId, text: 'are you there?' });
    const again = (await answering.run('chat:list', {})).chats;
    expect(again.map((row) => [row.chat.id, row.unreadCount])).toEqual([[chatId, 1]]);
  });

  it('between devices: a message sent twice is one message, and each device follows what was read', async () => {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const [seller, otherDevice] = [await chat.connect(sellerId), await chat.connect(sellerId)];
    const [asking, answering] = [await open(chat, buyerId), await open(chat, sellerId)];
    const { id: chatId } = await asking.run('chat:create', { buyerId, sellerId });
    const { rev } = await seller.event('chat:created', ({ id }) => id === chatId);
    const send = { chatId, text: 'is it still there?', clientMessageId: 'of this device' };

    const message = await asking.run('message:send', send);
    expect(await asking.run('message:send', send)).toEqual(message);
    expect((await answering.run('chat:sync', { chats: [{ chatId, rev }] })).chats).toMatchObject([
      { chatId, hasMore: false, resync: false, messages: [message] },
    ]);
    await answering.run('message:read', { chatId });
    const read = { chatId, userId: sellerId, seq: 1 };
    expect(await seller.event('message:read')).toEqual(read);
    expect(await otherDevice.event('message:read')).toEqual(read);
  });
});
