import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { newUserId } from '../../support/chats/participants.js';
import { DialectClient } from '../../support/dialects/dialect-client.js';

/** For whatever crosses the wire; two cores that are busy with other suites are slow. */
const PATIENCE = { timeout: 10_000 };

let chat: TestChat;

beforeAll(async () => {
  chat = await TestChat.start({ env: { DIALECTS: 'live', LOGIN_TIMEOUT_SECONDS: '3' } });
});

afterAll(() => chat.stop());

function dial(token?: string): DialectClient {
  const client = DialectClient.dial({ url: chat.url(), dialect: 'live', ...(token === undefined ? {} : { token }) });
  return client;
}

function tokenOf(userId: number): string {
  return chat.marketplace.token({ userId });
}

/** Connected without a token, as the dialect allows, and logged in. */
async function logIn(userId: number): Promise<DialectClient> {
  const client = await dial().connected();
  client.say('auth:login', { token: tokenOf(userId), userType: 'user' });
  await client.hears('system:notification', { type: 'authenticated' });
  return client;
}

/** The owner of a group and another participant, who have both joined it. */
async function room() {
  const [ownerId, participantId] = [newUserId(), newUserId()];
  const [owner, participant] = [await logIn(ownerId), await logIn(participantId)];
  const roomId = await openRoom(owner, participantId);
  participant.say('chat:room:join', roomId);
  await participant.hears('chat:room:joined', { roomId });
  return { owner, ownerId, participant, participantId, roomId };
}

async function openRoom(owner: DialectClient, participantId: number): Promise<string> {
  const opened = owner.all('chat:room:joined').length;
  owner.say('chat:room:create', { name: 'Support Room', participants: [participantId] });
  await expect.poll(() => owner.all('chat:room:joined').length, PATIENCE).toBe(opened + 1);
  return String(owner.all('chat:room:joined').at(-1)?.roomId);
}

describe('a client of the dialect live', () => {
  it('logs in on a connection that came without a token', async () => {
    const userId = newUserId();
    const client = await logIn(userId);
    expect(client.heard).toEqual([
      {
        event: 'system:notification',
        args: [{ type: 'authenticated', message: 'Authenticated', data: { userId } }],
      },
    ]);
  });

  it('is told why its login is refused, and closed', async () => {
    const client = await dial().connected();
    client.say('auth:login', { token: 'your-jwt-token', userType: 'user' });
    expect(await client.hears('system:error')).toEqual({ message: expect.any(String), code: 'TOKEN_INVALID' });
    await client.disconnected();
  });

  it('runs nothing before a login, and is closed where none comes', async () => {
    const other = await room();
    const client = await dial().connected();
    client.say('chat:message', { content: 'let me in', roomId: other.roomId });
    expect(await client.hears('system:error')).toMatchObject({ code: 'TOKEN_REQUIRED' });
    await client.disconnected();
    other.participant.say('chat:message', { content: 'among us' });
    await other.owner.hears('chat:message', { content: 'among us' });
    expect(other.owner.all('chat:message').map(({ content }) => content)).not.toContain('let me in');
    expect(client.all('chat:message')).toEqual([]);
  });

  it('logs in once for each connection, however many logins it sends at once', async () => {
    chat.marketplace.forgetCalls();
    chat.marketplace.authMe = 401;
    try {
      const client = dial();
      const token = tokenOf(newUserId());
      for (let n = 0; n < 20; n++) {
        client.say('auth:login', { token, userType: 'user' });
      }
      expect(await client.hears('system:error')).toMatchObject({ code: 'TOKEN_INVALID' });
      await client.disconnected();
      expect(client.all('system:error')).toHaveLength(1);
      // Whoever logs in now is asked for behind all that the connection has left behind.
      chat.marketplace.authMe = 'user';
      await logIn(newUserId());
      expect(chat.marketplace.calls(token)).toBe(1);
    } finally {
      chat.marketplace.authMe = 'user';
    }
  });

  it('has no login any more once it has gone, whatever it had sent', async () => {
    chat.marketplace.forgetCalls();
    chat.marketplace.authMe = 'hang';
    try {
      const client = await dial().connected();
      const [first, second] = [tokenOf(newUserId()), tokenOf(newUserId())];
      client.say('auth:login', { token: first });
      client.say('auth:login', { token: second });
      await expect.poll(() => chat.marketplace.waiting, PATIENCE).toBe(1);
      client.socket.disconnect();
      const other = await dial().connected();
      other.socket.disconnect();
      chat.marketplace.release();
      await logIn(newUserId());
      expect(chat.marketplace.calls(second)).toBe(0);
    } finally {
      chat.marketplace.release();
    }
  });

  it('is closed when more than 32 events wait behind its login', async () => {
    chat.marketplace.authMe = 'hang';
    try {
      const client = dial();
      client.say('auth:login', { token: tokenOf(newUserId()) });
      for (let n = 0; n < 33; n++) {
        client.say('chat:message', { content: 'held' });
      }
      expect(await client.hears('system:error')).toMatchObject({
        code: 'TOKEN_REQUIRED',
        message: expect.stringContaining('too many events came before a login'),
      });
      await client.disconnected();
    } finally {
      chat.marketplace.release();
    }
  });

  it('is closed behind 16 events without a login', async () => {
    const client = await dial().connected();
    for (let n = 0; n < 16; n++) {
      client.say('chat:message', { content: 'let me in' });
    }
    await expect.poll(() => client.all('system:error'), PATIENCE).toHaveLength(16);
    expect(client.socket.connected).toBe(true);
    client.say('chat:message', { content: 'let me in' });
    const message =
      'unable to stay connected; too many events came before a login; log in first, and wait for the answer';
    await client.hears('system:error', { message, code: 'TOKEN_REQUIRED' });
    await client.disconnected();
    expect(client.all('system:error')).toHaveLength(17);
  });

  it('may say at once what it has to say behind its login', async () => {
    const { roomId, owner, participantId } = await room();
    const client = dial();
    client.say('auth:login', { token: tokenOf(participantId), userType: 'user' });
    client.say('chat:room:join', roomId);
    client.say('chat:message', { content: 'here I am' });
    await owner.hears('chat:message', { content: 'here I am' });
  });

  it('refreshes its token by the same words, for the same user only', async () => {
    const userId = newUserId();
    const client = await dial(tokenOf(userId)).connected();
    client.say('auth:login', { token: tokenOf(userId), userType: 'user' });
    await client.hears('system:notification', { type: 'authenticated' });
    client.say('auth:login', { token: tokenOf(newUserId()), userType: 'user' });
    expect(await client.hears('system:error')).toMatchObject({ code: 'TOKEN_USER_MISMATCH' });
    expect(client.socket.connected).toBe(true);
  });

  it('logs out, and is disconnected', async () => {
    const client = await logIn(newUserId());
    client.say('auth:logout');
    await client.hears('system:notification', { type: 'logged_out' });
    await client.disconnected();
  });

  it('tells the participants of a new room, and has joined it', async () => {
    const { owner, ownerId, participant, participantId, roomId } = await room();
    const created = { roomId, name: 'Support Room', type: 'group', createdAt: expect.any(String) };
    expect(owner.all('chat:room:created')).toEqual([created]);
    expect(participant.all('chat:room:created')).toEqual([created]);
    expect((await owner.hears('chat:room:joined')).participants).toEqual([
      { userId: ownerId, role: 'owner', isOnline: true },
      { userId: participantId, role: 'member', isOnline: true },
    ]);
  });

  it('sends a message to the room that it names, or to the one that it has joined', async () => {
    const { owner, ownerId, participant, roomId } = await room();
    owner.say('chat:message', { content: 'by name', roomId });
    expect(await participant.hears('chat:message', { content: 'by name' })).toMatchObject({
      roomId,
      senderId: ownerId,
      type: 'text',
      timestamp: expect.any(String),
    });
    owner.say('chat:message', { content: 'to where I am' });
    await participant.hears('chat:message', { content: 'to where I am', roomId });
  });

  it('sends a message that names no room to nobody where none or several are joined', async () => {
    const { owner, participant, participantId, roomId } = await room();
    const loner = await logIn(newUserId());
    loner.say('chat:message', { content: 'to whom it may concern' });
    expect(await loner.hears('system:error')).toEqual({
      message: 'unable to send message; no room is joined, and roomId names none',
      code: 'VALIDATION_FAILED',
    });
    await openRoom(owner, participantId);
    owner.say('chat:message', { content: 'to whom it may concern' });
    expect(await owner.hears('system:error')).toEqual({
      message: 'unable to send message; several rooms are joined, and roomId names none',
      code: 'VALIDATION_FAILED',
    });
    owner.say('chat:message', { content: 'to you', roomId });
    await participant.hears('chat:message', { content: 'to you' });
    expect(participant.all('chat:message').map(({ content }) => content)).not.toContain('to whom it may concern');
  });

  it('sends a message that names no room into the room that it has switched to, without waiting', async () => {
    const { owner, participant, participantId, roomId } = await room();
    const other = await openRoom(owner, participantId);
    participant.say('chat:room:leave', roomId);
    participant.say('chat:room:join', other);
    participant.say('chat:message', { content: 'where I am now' });
    await owner.hears('chat:message', { content: 'where I am now', roomId: other });
    // And back, and out of both.
    participant.say('chat:room:leave', other);
    participant.say('chat:room:join', roomId);
    participant.say('chat:message', { content: 'where I was' });
    await owner.hears('chat:message', { content: 'where I was', roomId });
    participant.say('chat:room:leave', roomId);
    participant.say('chat:message', { content: 'nowhere' });
    expect(await participant.hears('system:error')).toMatchObject({
      message: 'unable to send message; no room is joined, and roomId names none',
    });
    participant.say('chat:room:join', roomId);
    participant.say('chat:room:leave', roomId);
    participant.say('chat:room:join', roomId);
    participant.say('chat:message', { content: 'here again' });
    await owner.hears('chat:message', { content: 'here again', roomId });
    expect(participant.all('system:error')).toHaveLength(1);
  });

  it('sends a message that names no room into the one that it is about to open, or to nobody where it is in another', async () => {
    const { owner, participant, participantId } = await room();
    const newcomer = await logIn(newUserId());
    newcomer.say('chat:room:create', { name: 'Aside', participants: [participantId] });
    newcomer.say('chat:message', { content: 'just you and me' });
    const { roomId } = await newcomer.hears('chat:room:joined');
    expect(await newcomer.hears('chat:message')).toMatchObject({ roomId, content: 'just you and me' });

    owner.say('chat:room:create', { name: 'Aside', participants: [participantId] });
    owner.say('chat:message', { content: 'for whom?' });
    expect(await owner.hears('system:error')).toMatchObject({
      message: 'unable to send message; several rooms are joined, and roomId names none',
    });
    expect(participant.all('chat:message')).toEqual([]);
  });

  it('hears the message that it sent right before it left', async () => {
    const { owner, participant, roomId } = await room();
    owner.say('chat:message', { content: 'bye', roomId });
    owner.say('chat:room:leave', roomId);
    await owner.hears('chat:room:left');
    expect(owner.all('chat:message')).toMatchObject([{ content: 'bye' }]);
    await participant.hears('chat:message', { content: 'bye' });
  });

  it('hears no messages of a room that it has left, but is notified of them', async () => {
    const { owner, participant, roomId } = await room();
    participant.say('chat:room:leave', roomId);
    expect(await participant.hears('chat:room:left')).toEqual({ roomId });
    owner.say('chat:message', { content: 'Are you there?' });
    await expect
      .poll(() => participant.all('system:notification'), PATIENCE)
      .toContainEqual(
        expect.objectContaining({
          type: 'new_message',
          data: expect.objectContaining({ roomId, message: expect.objectContaining({ content: 'Are you there?' }) }),
        }),
      );
    expect(participant.all('chat:message').map(({ content }) => content)).not.toContain('Are you there?');
  });

  it('sees who types, and who comes and goes', async () => {
    const { owner, participant, participantId, roomId } = await room();
    participant.say('status:typing', { roomId, isTyping: true });
    expect(await owner.hears('status:typing', { isTyping: true })).toEqual({
      roomId,
      userId: participantId,
      isTyping: true,
    });
    participant.say('status:typing', { roomId, isTyping: false });
    await owner.hears('status:typing', { isTyping: false });
    participant.socket.disconnect();
    expect(await owner.hears('status:offline', { userId: participantId })).toMatchObject({ isOnline: false });
    const before = owner.all('status:online').length;
    await logIn(participantId);
    await expect
      .poll(() => owner.all('status:online').slice(before), PATIENCE)
      .toContainEqual({ userId: participantId, isOnline: true });
  });

  it('goes unseen and hears on, and is seen again', async () => {
    const { owner, participant, participantId, roomId } = await room();
    participant.say('status:update', { isOnline: false });
    expect(await participant.hears('system:notification', { type: 'status_updated' })).toMatchObject({
      data: { isOnline: false },
    });
    expect(await owner.hears('status:offline', { userId: participantId })).toMatchObject({ isOnline: false });
    owner.say('chat:message', { content: 'are you there?', roomId });
    await participant.hears('chat:message', { content: 'are you there?' });
    const before = owner.all('status:online').length;
    participant.say('status:update', { isOnline: true });
    await expect
      .poll(() => owner.all('status:online').slice(before), PATIENCE)
      .toContainEqual({ userId: participantId, isOnline: true });
  });

  it('leaves a room that it is taken out of', async () => {
    const [ownerId, removedId] = [newUserId(), newUserId()];
    const [owner, removed] = [await chat.connect(ownerId), await logIn(removedId)];
    const { id: roomId } = await owner.get('chat:create', { type: 'group', name: 'Delivery', userIds: [removedId] });
    removed.say('chat:room:join', roomId);
    await removed.hears('chat:room:joined', { roomId });
    await owner.get('group:remove', { chatId: roomId, userId: removedId });
    expect(await removed.hears('chat:room:left')).toEqual({ roomId, by: ownerId });
  });

  it('talks with a client of the canonical contract, each in its own words', async () => {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const [buyer, seller] = [await chat.connect(buyerId), await logIn(sellerId)];
    const { id: roomId } = await buyer.get('chat:create', { buyerId, sellerId });
    await buyer.get('chat:join', { chatId: roomId });
    seller.say('chat:room:join', roomId);
    await seller.hears('chat:room:joined', { roomId });
    const asked = await buyer.get('message:send', { chatId: roomId, text: 'Is it still there?' });
    await seller.hears('chat:message', { id: asked.id });
    seller.say('chat:message', { content: 'It is' });
    expect(await buyer.event('message:new', ({ text }) => text === 'It is')).toMatchObject({ chatId: roomId });
    await buyer.get('message:delete', { chatId: roomId, messageId: asked.id });
    const deleted = await seller.hears('system:notification', { type: 'message_deleted' });
    expect(deleted.data).toMatchObject({ id: asked.id, roomId, content: '' });
    expect(seller.heard.map(({ event }) => event)).not.toContain('message:new');
    expect(buyer.log.map(({ event }) => event)).not.toContain('chat:message');
  });

  it('answers a stranger like somebody who asks for a room that does not exist', async () => {
    const { roomId } = await room();
    const stranger = await logIn(newUserId());
    for (const id of [roomId, 'room-123']) {
      stranger.say('chat:room:join', id);
      stranger.say('chat:message', { content: 'let me in', roomId: id });
      stranger.say('status:typing', { roomId: id, isTyping: true });
    }
    await expect.poll(() => stranger.all('system:error').length, PATIENCE).toBe(6);
    const answers = stranger.all('system:error');
    expect(new Set(answers.map(({ message }) => message)).size).toBe(3);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['CHAT_NOT_FOUND']));
  });
});
