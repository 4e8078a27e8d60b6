import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { newUserId } from '../../support/chats/participants.js';
import { DialectClient } from '../../support/dialects/dialect-client.js';

/** For whatever crosses the wire; two cores that are busy with other suites are slow. */
const PATIENCE = { timeout: 10_000 };

let chat: TestChat;

beforeAll(async () => {
  chat = await TestChat.start({ env: { DIALECTS: 'rooms' } });
});

afterAll(() => chat.stop());

async function connect(userId: number | string): Promise<DialectClient> {
  const client = DialectClient.dial({ url: chat.url(), dialect: 'rooms', token: chat.marketplace.token({ userId }) });
  await client.hears('connected', { userId });
  return client;
}

/** An owner and a participant who have both joined one group. */
async function room() {
  const [ownerId, participantId] = [newUserId(), newUserId()];
  const [owner, participant] = [await connect(ownerId), await connect(participantId)];
  owner.say('createChatRoom', { name: 'Delivery', type: 'GROUP', participantIds: [participantId] });
  const { chatRoomId } = (await owner.hears('joinedChatRoom')) as { chatRoomId: string };
  await participant.hears('chatRoomCreated', { id: chatRoomId });
  participant.say('joinChatRoom', { chatRoomId });
  await participant.hears('joinedChatRoom', { chatRoomId });
  return { owner, ownerId, participant, participantId, chatRoomId };
}

describe('a client of the dialect rooms', () => {
  it('tells the participants of a new room, and has joined it', async () => {
    const { owner, ownerId, participant, participantId, chatRoomId } = await room();
    const created = { id: chatRoomId, type: 'GROUP', name: 'Delivery', createdAt: expect.any(String) };
    expect(owner.all('chatRoomCreated')).toEqual([created]);
    expect(participant.all('chatRoomCreated')).toEqual([created]);
    expect((await owner.hears('joinedChatRoom')).participants).toEqual([
      expect.objectContaining({ userId: ownerId, role: 'OWNER', isOnline: true }),
      expect.objectContaining({ userId: participantId, role: 'MEMBER', isOnline: true }),
    ]);
  });

  it('opens one direct room with another, whoever of the two does it', async () => {
    const [johnId, maryId] = [newUserId(), newUserId()];
    const [john, mary] = [await connect(johnId), await connect(maryId)];
    john.say('createChatRoom', { type: 'DIRECT', participantIds: [maryId] });
    const created = await mary.hears('chatRoomCreated');
    expect(created).toMatchObject({ type: 'DIRECT', participantIds: expect.arrayContaining([johnId, maryId]) });
    mary.say('createChatRoom', { type: 'DIRECT', participantIds: [johnId, maryId] });
    expect(await mary.hears('joinedChatRoom')).toMatchObject({ chatRoomId: created.id });
    john.say('createChatRoom', { type: 'DIRECT', participantIds: [johnId, maryId] });
    await expect
      .poll(() => john.all('joinedChatRoom').map(({ chatRoomId }) => chatRoomId), PATIENCE)
      .toEqual([created.id, created.id]);
  });

  it('is told how far its message came', async () => {
    const { owner, ownerId, participant, participantId, chatRoomId } = await room();
    owner.say('sendMessage', { chatRoomId, content: 'It is on its way' });
    const message = await participant.hears('newMessage', { content: 'It is on its way' });
    expect(message).toMatchObject({ chatRoomId, senderId: ownerId, type: 'TEXT', status: 'SENT' });
    const { id: messageId, seq } = message;
    expect(await owner.hears('messageStatus', { status: 'SENT' })).toEqual({
      chatRoomId,
      userId: ownerId,
      seq,
      status: 'SENT',
      messageId,
    });
    participant.say('markAsDelivered', { chatRoomId, messageId });
    const reached = { chatRoomId, userId: participantId, seq };
    expect(await owner.hears('messageStatus', { status: 'DELIVERED' })).toEqual({ ...reached, status: 'DELIVERED' });
    participant.say('markAsRead', { chatRoomId });
    expect(await owner.hears('messageStatus', { status: 'READ' })).toEqual({ ...reached, status: 'READ' });
    owner.say('joinChatRoom', { chatRoomId });
    await expect
      .poll(() => owner.all('joinedChatRoom').at(-1)?.messages, PATIENCE)
      .toContainEqual(expect.objectContaining({ id: messageId, status: 'READ' }));
  });

  it('sees who types, and who comes and goes', async () => {
    const { owner, participant, participantId, chatRoomId } = await room();
    participant.say('typing', { chatRoomId, isTyping: true });
    expect(await owner.hears('userTyping', { isTyping: true })).toEqual({
      chatRoomId,
      userId: participantId,
      isTyping: true,
    });
    participant.say('typing', { chatRoomId, isTyping: false });
    await owner.hears('userTyping', { isTyping: false });
    participant.socket.disconnect();
    expect(await owner.hears('userOffline', { userId: participantId })).toHaveProperty('lastSeenAt');
  });

  it('renames a room for everybody in it', async () => {
    const { owner, participant, chatRoomId } = await room();
    owner.say('updateChatRoom', { chatRoomId, name: 'Pickup' });
    for (const client of [owner, participant]) {
      expect(await client.hears('chatRoomUpdated', { name: 'Pickup' })).toMatchObject({ id: chatRoomId });
    }
  });

  it('adds and removes participants; who was removed hears nothing more', async () => {
    const { owner, ownerId, participant, participantId, chatRoomId } = await room();
    const addedId = newUserId();
    const added = await connect(addedId);
    owner.say('addParticipants', { chatRoomId, participantIds: [addedId] });
    await added.hears('chatRoomCreated', { id: chatRoomId });
    expect(await participant.hears('participantsAdded')).toEqual({
      chatRoomId,
      participantIds: [addedId],
      by: ownerId,
    });
    owner.say('removeParticipant', { chatRoomId, participantId });
    expect(await participant.hears('removedFromChatRoom')).toEqual({ chatRoomId, by: ownerId });
    expect(await owner.hears('participantRemoved')).toEqual({ chatRoomId, participantId, by: ownerId });
    owner.say('sendMessage', { chatRoomId, content: 'Among us' });
    await owner.hears('newMessage', { content: 'Among us' });
    participant.say('sendMessage', { chatRoomId, content: 'Let me in' });
    expect(await participant.hears('error')).toMatchObject({ code: 'CHAT_NOT_FOUND', event: 'sendMessage' });
    expect(participant.all('newMessage').map(({ content }) => content)).not.toContain('Among us');
  });

  it('is notified of a message in a room that it has left, and hears it no more', async () => {
    const { owner, participant, chatRoomId } = await room();
    participant.say('leaveChatRoom', { chatRoomId });
    await participant.hears('leftChatRoom', { chatRoomId });
    owner.say('sendMessage', { chatRoomId, content: 'Are you there?' });
    await expect
      .poll(() => participant.all('messageNotification'), PATIENCE)
      .toContainEqual(
        expect.objectContaining({ chatRoomId, message: expect.objectContaining({ content: 'Are you there?' }) }),
      );
    expect(participant.all('newMessage').map(({ content }) => content)).not.toContain('Are you there?');
  });

  it('talks with a client of the canonical contract, each in its own words', async () => {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const [buyer, seller] = [await chat.connect(buyerId), await connect(sellerId)];
    const { id: chatRoomId } = await buyer.get('chat:create', { buyerId, sellerId });
    await buyer.get('chat:join', { chatId: chatRoomId });
    seller.say('joinChatRoom', { chatRoomId });
    await seller.hears('joinedChatRoom', { chatRoomId });
    const asked = await buyer.get('message:send', { chatId: chatRoomId, text: 'Is it still there?' });
    await seller.hears('newMessage', { id: asked.id });
    seller.say('sendMessage', { chatRoomId, content: 'It is' });
    expect(await buyer.event('message:new', ({ text }) => text === 'It is')).toMatchObject({ chatId: chatRoomId });
    const edited = await buyer.get('message:edit', { chatId: chatRoomId, messageId: asked.id, text: 'Is it there?' });
    expect(await seller.hears('messageUpdated', { id: edited.id })).toMatchObject({ content: 'Is it there?' });
    await buyer.get('message:delete', { chatId: chatRoomId, messageId: asked.id });
    await seller.hears('messageDeleted', { chatRoomId, messageId: asked.id });
    expect(seller.heard.filter(({ event }) => event.includes(':'))).toEqual([]);
    expect(buyer.log.map(({ event }) => event)).not.toContain('newMessage');
  });

  it('is told on error what did not work', async () => {
    const client = await connect(newUserId());
    client.say('sendMessage', { chatRoomId: 'room_123', content: 'Hello everyone!' });
    expect(await client.hears('error', { event: 'sendMessage' })).toMatchObject({ code: 'CHAT_NOT_FOUND' });
    client.say('createChatRoom', { name: '', type: 'GROUP', participantIds: ['user1'] });
    expect(await client.hears('error', { event: 'createChatRoom' })).toMatchObject({ code: 'VALIDATION_FAILED' });
    client.say('message:send', {});
    expect(await client.hears('error', { event: 'message:send' })).toMatchObject({ code: 'UNKNOWN_EVENT' });
    expect(client.socket.connected).toBe(true);
  });

  it.each([
    { title: 'without a token', token: undefined, code: 'TOKEN_REQUIRED' },
    { title: 'with a token that is none', token: 'your-jwt-token', code: 'TOKEN_INVALID' },
  ])('$title it is told on error, and closed', async ({ token, code }) => {
    const client = DialectClient.dial({ url: chat.url(), dialect: 'rooms', ...(token === undefined ? {} : { token }) });
    expect(await client.hears('error')).toEqual({ code, message: expect.any(String) });
    await client.disconnected();
    expect(client.heard).toHaveLength(1);
  });
});
