import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageNumber } from '../../../src/dialects/message-number.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { newUserId, UNLIMITED } from '../../support/chats/participants.js';
import { DialectClient } from '../../support/dialects/dialect-client.js';
import { RestClient } from '../../support/rest/rest-client.js';

/** Longer than anything takes on two busy cores. */
const PATIENCE = { timeout: 10_000 };
/** Where the deployment takes attachments from. */
const FILES = 'https://files.example';

let chat: TestChat;

beforeAll(async () => {
  chat = await TestChat.start({ env: { ...UNLIMITED, DIALECTS: 'conversations' } });
});
afterAll(() => chat.stop());

async function connect(userId: number | string, options: { token?: string } = {}): Promise<DialectClient> {
  const token = chat.marketplace.token({ userId });
  const client = DialectClient.dial({ url: chat.url(), dialect: 'conversations', token, ...options });
  await client.hears('connection:success');
  return client;
}

interface Listed {
  id: number;
  participant: { id: number };
}

/** Two users of the dialect with a conversation that neither has joined. */
async function pair() {
  const [johnId, maryId] = [newUserId(), newUserId()];
  const [john, mary] = [await connect(johnId), await connect(maryId)];
  const [johnOverHttp, maryOverHttp] = [RestClient.of(chat, johnId), RestClient.of(chat, maryId)];
  const { id: conversationId } = await post<Listed>(johnOverHttp, '/conversations', { participantId: maryId });
  return { john, johnId, johnOverHttp, mary, maryId, maryOverHttp, conversationId };
}

async function joinedPair() {
  const both = await pair();
  for (const client of [both.john, both.mary]) {
    client.say('conversation:join', { conversationId: both.conversationId });
    await client.hears('conversation:joined', { conversationId: both.conversationId });
  }
  return both;
}

/** The data of a good answer. */
async function ask<T>(client: RestClient, method: string, path: string, body?: object): Promise<T> {
  const answer = await client.send(method, path, body === undefined ? {} : { body: JSON.stringify(body) });
  if (!answer.body.success) {
    throw new Error(`${method} ${path} failed: ${answer.body.error.message}`);
  }
  return answer.body.data as T;
}

const post = <T>(client: RestClient, path: string, body: object): Promise<T> => ask<T>(client, 'POST', path, body);

/** A canonical client of a user, who has joined the chat behind a conversation. */
async function canonical(userId: number): Promise<{ client: TestClient; chatId: string }> {
  const client = await chat.connect(userId);
  const [entry] = (await client.get('chat:list', {})).chats;
  const chatId = entry?.chat.id ?? '';
  await client.get('chat:join', { chatId });
  return { client, chatId };
}

describe('clients of conversations', () => {
  it('are told who they are', async () => {
    const userId = newUserId();
    chat.marketplace.changes.set(String(userId), { role: 'seller' });
    const client = await connect(userId);
    expect(client.all('connection:success')).toEqual([{ userId, userType: 'seller', socketId: client.socket.id }]);
  });

  it('join a conversation, send and hear messages with all their fields, and leave it', async () => {
    const { john, johnId, mary, conversationId } = await joinedPair();
    const room = { conversationId, room: `conversation:${conversationId}` };
    expect(mary.all('conversation:joined')).toEqual([room]);

    john.say('message:send', { conversationId, content: 'Hello!', messageType: 'text', tempId: 42 });
    const message = {
      id: messageNumber(conversationId, 1),
      conversationId,
      sender: expect.objectContaining({ id: johnId, username: expect.any(String) }),
      senderType: expect.any(String),
      messageType: 'text',
      content: 'Hello!',
      isRead: false,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      attachmentUrl: null,
      attachmentName: null,
    };
    expect(await mary.hears('message:new')).toMatchObject(message);
    expect(await john.hears('message:sent')).toMatchObject({ tempId: 42, message });
    expect(mary.all('message:sent')).toEqual([]);
    // He shows it already. What was emitted before the answer would be here by now.
    expect(john.all('message:new')).toEqual([]);

    mary.say('conversation:leave', { conversationId });
    expect(await mary.hears('conversation:left')).toEqual(room);
    john.say('message:send', { conversationId, content: 'Still there?' });
    expect(await mary.hears('message:notification')).toMatchObject({
      conversationId,
      message: { content: 'Still there?', id: messageNumber(conversationId, 2) },
      unreadCount: 2,
    });
    expect(mary.all('message:new')).toHaveLength(1);
  });

  it('hear what they sent from another device, and from this one where they do not show it yet', async () => {
    const { john, johnId, conversationId } = await joinedPair();
    const elsewhere = await connect(johnId);
    elsewhere.say('conversation:join', { conversationId });
    await elsewhere.hears('conversation:joined');
    john.say('message:send', { conversationId, content: 'shown', tempId: 1 });
    await elsewhere.hears('message:new', { content: 'shown' });
    john.say('message:send', { conversationId, content: 'not shown' });
    await john.hears('message:new', { content: 'not shown' });
    expect(john.all('message:new')).toHaveLength(1);
  });

  it('hear what others send, also under the key of a message of their own', async () => {
    const { john, maryId, conversationId } = await joinedPair();
    const { client, chatId } = await canonical(maryId);
    john.say('message:send', { conversationId, content: 'mine', tempId: 1 });
    await john.hears('message:sent');
    const { clientMessageId } = await client.event('message:new');
    await client.get('message:send', { chatId, text: 'copied', clientMessageId });
    await client.get('message:send', { chatId, text: 'begun alike', clientMessageId: `${clientMessageId}x` });
    await john.hears('message:new', { content: 'copied' });
    await john.hears('message:new', { content: 'begun alike' });
  });

  it('send once what they repeat on a connection, and anew on another', async () => {
    const { john, johnId, mary, conversationId } = await joinedPair();
    const sent = { conversationId, content: 'once', tempId: 7 };
    john.say('message:send', sent);
    john.say('message:send', sent);
    await expect.poll(() => john.all('message:sent'), PATIENCE).toHaveLength(2);
    const [first, second] = john.all('message:sent');
    expect(second).toEqual(first);
    john.say('message:send', { ...sent, content: 'something else' });
    expect(await john.hears('message:error')).toMatchObject({ tempId: 7, code: 'DUPLICATE_CLIENT_ID' });

    const elsewhere = await connect(johnId);
    elsewhere.say('message:send', { ...sent, content: 'of another page' });
    await mary.hears('message:new', { content: 'of another page' });
    expect(mary.all('message:new').map(({ content }) => content)).toEqual(['once', 'of another page']);
    expect(john.all('message:new').map(({ content }) => content)).not.toContain('once');
  });

  it('say what follows a join without waiting for it, and hear what comes of it', async () => {
    const { john, conversationId } = await pair();
    john.say('conversation:join', { conversationId });
    john.say('message:send', { conversationId, content: 'Test message' });
    expect(await john.hears('message:new')).toMatchObject({ content: 'Test message' });
  });

  it('are told of messages that cannot be sent, and which', async () => {
    const { john, conversationId } = await joinedPair();
    for (const [tempId, sent, code] of [
      [1, { conversationId, content: ' ' }, 'MESSAGE_EMPTY'],
      [2, { conversationId: 2 ** 28, content: 'to nobody' }, 'CHAT_NOT_FOUND'],
      [3, { conversationId, content: 'x', attachmentUrl: 'https://elsewhere.example/a.pdf' }, 'ATTACHMENT_REFUSED'],
      [4, {}, 'VALIDATION_FAILED'],
    ] as const) {
      john.say('message:send', { ...sent, tempId });
      expect(await john.hears('message:error', { tempId })).toEqual({
        tempId,
        code,
        error: expect.stringMatching(/^unable to send message; /),
      });
    }
  });

  it('are told which types of images they may send', async () => {
    const { john, conversationId } = await joinedPair();
    const image = { conversationId, content: null, messageType: 'image' };
    john.say('message:send', { ...image, tempId: 1, attachmentUrl: `${FILES}/6f1`, attachmentName: 'a.svg' });
    expect(await john.hears('message:error', { tempId: 1 })).toEqual({
      tempId: 1,
      code: 'ATTACHMENT_REFUSED',
      error: expect.stringMatching(/type that is not allowed; allowed are image\/jpeg, .*text\/plain$/),
    });
    john.say('message:send', { ...image, tempId: 2, attachmentUrl: `${FILES}/6f1.png`, attachmentName: 'Photo' });
    expect(await john.hears('message:sent', { tempId: 2 })).toMatchObject({
      message: { messageType: 'image', content: '', attachmentName: 'Photo', attachmentUrl: `${FILES}/6f1.png` },
    });
  });

  it('cannot tell a conversation of others from one that there is not', async () => {
    const { conversationId } = await pair();
    const stranger = await connect(newUserId());
    for (const id of [conversationId, 2 ** 28]) {
      stranger.say('conversation:join', { conversationId: id });
      stranger.say('message:read', { conversationId: id });
      stranger.say('typing:start', { conversationId: id });
    }
    await expect.poll(() => stranger.all('error'), PATIENCE).toHaveLength(6);
    const answers = stranger.all('error').map(({ event, code, message }) => `${event} ${code} ${message}`);
    expect(new Set(answers)).toEqual(
      new Set(
        [
          ['conversation:join', 'join chat'],
          ['message:read', 'mark as read'],
          ['typing:start', 'start typing'],
        ].map(([event, operation]) => `${event} CHAT_NOT_FOUND unable to ${operation}; no chat of yours has this id`),
      ),
    );
  });

  it('see who types, who has read what, and who is there', async () => {
    const { john, johnId, mary, maryId, conversationId } = await joinedPair();
    john.say('typing:start', { conversationId });
    const user = { userId: johnId, userType: expect.any(String) };
    expect(await mary.hears('typing:start')).toEqual({ conversationId, user });
    john.say('typing:stop', { conversationId });
    expect(await mary.hears('typing:stop')).toEqual({ conversationId, user });

    john.say('message:send', { conversationId, content: 'one' });
    const { id: messageId } = await mary.hears('message:new');
    mary.say('message:read', { conversationId, messageId });
    expect(await mary.hears('message:read:success')).toEqual({ conversationId, messageId });
    expect(await john.hears('message:read')).toEqual({
      conversationId,
      messageId,
      readBy: { userId: maryId, userType: expect.any(String) },
    });
    expect(mary.all('message:read')).toEqual([]);

    const [{ userType }] = mary.all('connection:success') as [Record<string, unknown>];
    john.say('user:check:online', { userId: maryId, userType: 'of my own making' });
    expect(await john.hears('user:online:status')).toEqual({ userId: maryId, userType, isOnline: true });
    mary.socket.disconnect();
    expect(await john.hears('user:offline', { userId: maryId })).toMatchObject({ userType: expect.any(String) });
    await connect(maryId);
    expect(await john.hears('user:online', { userId: maryId })).toEqual({
      userId: maryId,
      userType: expect.any(String),
    });
  });

  it('lose nothing of what canonical clients do, who hear them as they hear each other', async () => {
    const { john, johnId, maryId, conversationId } = await joinedPair();
    const { client, chatId } = await canonical(maryId);
    john.say('message:send', { conversationId, content: 'Hello!' });
    expect(await client.event('message:new')).toMatchObject({ chatId, senderId: johnId, text: 'Hello!', type: 'text' });

    const { id } = await client.get('message:send', { chatId, text: 'Helo' });
    const { id: number } = await john.hears('message:new', { content: 'Helo' });
    await client.get('message:edit', { chatId, messageId: id, text: 'Hello' });
    expect(await john.hears('message:updated')).toMatchObject({ id: number, content: 'Hello' });
    await client.get('message:react', { chatId, messageId: id, emoji: '👍' });
    expect(await john.hears('message:reaction')).toMatchObject({ messageId: number, emoji: '👍', added: true });
    await client.get('message:delete', { chatId, messageId: id });
    expect(await john.hears('message:deleted')).toMatchObject({ id: number, content: '' });
    await client.barrier();
    const canonicalWords = client.log.map(({ event }) => event).filter((event) => event.startsWith('conversation'));
    expect(canonicalWords).toEqual([]);
  });

  it('get the canonical answer where they ask for an ack', async () => {
    const { john, conversationId } = await pair();
    const answer: unknown = await john.socket
      .timeout(10_000)
      .emitWithAck('message:send', { conversationId, content: 'Hello!' });
    expect(answer).toMatchObject({ success: true, data: { text: 'Hello!', seq: 1 } });
    expect(await john.socket.timeout(10_000).emitWithAck('no:such:event', {})).toMatchObject({
      success: false,
      error: { code: 'UNKNOWN_EVENT' },
    });
  });

  it('fail to connect with a token that is none, and with a dialect that there is not', async () => {
    const refused = DialectClient.dial({ url: chat.url(), dialect: 'conversations', token: 'nonsense' });
    const error = await new Promise<Error & { data?: unknown }>((resolve) =>
      refused.socket.on('connect_error', resolve),
    );
    expect(error).toMatchObject({
      message: expect.stringMatching(/^unable to connect; /),
      data: { code: 'TOKEN_INVALID' },
    });

    const unknown = DialectClient.dial({
      url: chat.url(),
      dialect: 'rooms',
      token: chat.marketplace.token({ userId: newUserId() }),
    });
    expect(await unknown.hears('auth:error')).toEqual({
      code: 'VALIDATION_FAILED',
      error: expect.stringContaining('can speak canonical, conversations'),
    });
    await unknown.disconnected();
  });
});

describe('conversations over HTTP', () => {
  it('are opened once, whoever does it, and numbered upwards', async () => {
    const { johnOverHttp, johnId, maryOverHttp, maryId, conversationId } = await pair();
    const again = await post<Listed>(maryOverHttp, '/conversations', { participantId: johnId });
    expect(again).toMatchObject({ id: conversationId, participant: { id: johnId, isOnline: true }, lastMessage: null });
    expect(await post<Listed>(johnOverHttp, '/conversations', { participantId: maryId })).toMatchObject({
      id: conversationId,
    });
    const next = await post<Listed>(johnOverHttp, '/conversations', { participantId: newUserId() });
    expect(next.id).toBeGreaterThan(conversationId);
  });

  it('are listed, read, marked as read and taken off the list', async () => {
    const { johnOverHttp, mary, maryOverHttp, maryId, conversationId } = await pair();
    const path = `/conversations/${conversationId}`;
    mary.say('conversation:join', { conversationId });
    await mary.hears('conversation:joined');
    const sent = await post<{ id: number }>(johnOverHttp, '/messages', { conversationId, content: 'one' });
    expect(sent).toMatchObject({ id: messageNumber(conversationId, 1), conversationId, content: 'one', isRead: false });
    expect(await mary.hears('message:new')).toEqual(sent);
    for (const content of ['two', 'three']) {
      await post(johnOverHttp, '/messages', { conversationId, content });
    }

    expect(await ask(maryOverHttp, 'GET', '/unread-count')).toEqual({ unreadCount: 3, unreadChats: 1 });
    expect(await ask(maryOverHttp, 'GET', '/conversations')).toMatchObject({
      conversations: [{ id: conversationId, unreadCount: 3, lastMessage: { content: 'three', isRead: false } }],
      nextCursor: null,
    });
    expect(await ask(maryOverHttp, 'PUT', `${path}/read`, { messageId: sent.id + 1 })).toEqual({
      conversationId,
      messageId: sent.id + 1,
    });
    const latest = await ask<{ messages: { id: number; isRead: boolean }[]; hasMore: boolean }>(
      johnOverHttp,
      'GET',
      `${path}/messages?limit=2`,
    );
    expect(latest).toMatchObject({
      messages: [
        { content: 'two', isRead: true },
        { content: 'three', isRead: false },
      ],
      hasMore: true,
    });
    const before = latest.messages[0]?.id;
    expect(await ask(johnOverHttp, 'GET', `${path}/messages?before=${before}`)).toMatchObject({
      messages: [{ id: sent.id, content: 'one', isRead: true }],
      hasMore: false,
    });

    const elsewhere = messageNumber(conversationId + 1, 2);
    for (const query of [`before=${elsewhere}`, `after=${elsewhere}`, 'before=2', 'after=x']) {
      const { status, body } = await johnOverHttp.send('GET', `${path}/messages?${query}`);
      expect([query, status, body]).toMatchObject([query, 404, { error: { code: 'MESSAGE_NOT_FOUND' } }]);
    }

    expect(await ask(maryOverHttp, 'DELETE', path)).toEqual({ conversationId });
    expect(await ask(maryOverHttp, 'GET', '/conversations')).toMatchObject({ conversations: [] });
    expect(await ask(johnOverHttp, 'GET', '/conversations')).toMatchObject({
      conversations: [{ id: conversationId, participant: { id: maryId } }],
    });
  });

  it.each([
    ['GET', '/messages'],
    ['PUT', '/read'],
    ['DELETE', ''],
  ])('of others are as absent as those that there are not: %s …%s', async (method, end) => {
    const { conversationId } = await pair();
    const stranger = RestClient.of(chat, newUserId());
    const body = method === 'PUT' ? { body: '{}' } : {};
    const answers = await Promise.all(
      [conversationId, 2 ** 28, 'nonsense'].map((id) => stranger.send(method, `/conversations/${id}${end}`, body)),
    );
    for (const { status, body: answer } of answers) {
      expect(status).toBe(404);
      expect(answer).toEqual(answers[0]?.body);
    }
  });

  it('need a token, and a body that says what to send', async () => {
    const nobody = new RestClient(chat.url(), null);
    expect((await nobody.send('GET', '/conversations')).status).toBe(401);
    const { johnOverHttp, conversationId } = await pair();
    const { status, body } = await johnOverHttp.send('POST', '/messages', { body: JSON.stringify({ conversationId }) });
    expect([status, body]).toMatchObject([400, { success: false, error: { code: 'VALIDATION_FAILED' } }]);
  });

  it.each([1.5, 1e300, -1, 2 ** 53, null, { toString: 1 }])(
    'are not of somebody, or by a number, that cannot be: %j',
    async (value) => {
      const { john, johnOverHttp } = await pair();
      john.say('message:send', { conversationId: value, content: 'to nobody', tempId: 1 });
      expect(await john.hears('message:error')).toMatchObject({ code: 'VALIDATION_FAILED' });
      john.say('conversation:join', { conversationId: value });
      expect(await john.hears('error')).toMatchObject({ code: 'VALIDATION_FAILED', event: 'conversation:join' });
      for (const [path, body] of [
        ['/conversations', { participantId: typeof value === 'number' ? { valueOf: value } : value }],
        ['/messages', { conversationId: value, content: 'to nobody' }],
      ] as const) {
        const { status, body: answer } = await johnOverHttp.send('POST', path, { body: JSON.stringify(body) });
        expect([path, status, answer]).toMatchObject([path, 400, { error: { code: 'VALIDATION_FAILED' } }]);
      }
    },
  );

  it('leave the canonical routes as they are', async () => {
    const { johnId, maryId, johnOverHttp } = await pair();
    const { chatId } = await canonical(johnId);
    const message = await johnOverHttp.get('POST /messages', { chatId, text: 'canonical' });
    expect(message).toMatchObject({ chatId, senderId: johnId, text: 'canonical', seq: 1 });
    const { client } = await canonical(maryId);
    expect((await client.get('chat:history', { chatId })).messages).toEqual([message]);
  });
});

describe('a deployment without dialects', () => {
  let plain: TestChat;
  beforeAll(async () => {
    plain = await TestChat.start();
  });
  afterAll(() => plain.stop());

  it('has none of their routes, and takes none of their words', async () => {
    const rest = RestClient.of(plain, 1);
    expect((await rest.send('GET', '/conversations')).status).toBe(404);
    const body = JSON.stringify({ conversationId: 1, content: 'x' });
    expect((await rest.send('POST', '/messages', { body })).body).toMatchObject({
      success: false,
      error: { code: 'VALIDATION_FAILED' },
    });
    const client = await plain.connect(1);
    expect(await client.failure('conversation:join', { conversationId: 1 })).toMatchObject({ code: 'UNKNOWN_EVENT' });
  });

  it('refuses who asks for one, and development tokens', async () => {
    const asking = DialectClient.dial({
      url: plain.url(),
      dialect: 'conversations',
      token: plain.marketplace.token({ userId: 2 }),
    });
    expect(await asking.hears('auth:error')).toMatchObject({ code: 'VALIDATION_FAILED' });
    const developing = plain.dial({ token: '2:brand' });
    expect(await developing.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
  });
});
