import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands, type RouteName, routeList } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, createGroup, newUserId, type Pair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { failureIn, RestClient } from '../../support/rest/rest-client.js';
import { goodPayloads } from '../../support/socket/good-payloads.js';

/** For each route, something wrong with its good payload, and the field that the answer blames; `null` where there is none. */
const BAD_FIELDS: Record<RouteName, [wrong: Record<string, unknown>, path: string] | null> = {
  'POST /chats': [{ buyerId: true }, 'buyerId'],
  'GET /chats': [{ limit: 0 }, 'limit'],
  'GET /chats/:chatId': [{ limit: 0 }, 'limit'],
  'PATCH /chats/:chatId': [{ name: ' ' }, 'name'],
  'DELETE /chats/:chatId': null,
  'PATCH /chats/:chatId/settings': [{ muted: 'yes' }, 'muted'],
  'POST /chats/:chatId/members': [{ userIds: [] }, 'userIds'],
  'DELETE /chats/:chatId/members/:userId': [{ userId: 'x'.repeat(129) }, 'userId'],
  'PUT /chats/:chatId/members/:userId/role': [{ role: 'king' }, 'role'],
  'POST /chats/:chatId/leave': null,
  'GET /chats/:chatId/messages': [{ limit: 'ten' }, 'limit'],
  'POST /chats/:chatId/messages': [{ text: 7 }, 'text'],
  'GET /chats/:chatId/messages/:messageId': [{ messageId: 'no uuid' }, 'messageId'],
  'PATCH /chats/:chatId/messages/:messageId': [{ messageId: 'no uuid' }, 'messageId'],
  'DELETE /chats/:chatId/messages/:messageId': [{ messageId: 'no uuid' }, 'messageId'],
  'PUT /chats/:chatId/messages/:messageId/reactions/:emoji': [{ emoji: 'x' }, 'emoji'],
  'DELETE /chats/:chatId/messages/:messageId/reactions/:emoji': [{ emoji: 'x' }, 'emoji'],
  'POST /chats/:chatId/uploads': [{ size: -1 }, 'size'],
  'POST /chats/:chatId/messages/:messageId/report': [{ reason: 'boredom' }, 'reason'],
  'PUT /chats/:chatId/read': [{ messageId: undefined, seq: -1 }, 'seq'],
  'PUT /chats/:chatId/delivered': [{ messageId: undefined, seq: '1' }, 'seq'],
  'POST /messages': [{ text: undefined }, 'text'],
  'GET /messages/search': [{ query: '' }, 'query'],
  'POST /sync': [{ chats: {} }, 'chats'],
  'GET /unread-count': null,
  'GET /users/online': [{ userIds: [''] }, 'userIds.0'],
  'GET /users/:userId/status': [{ userId: 'x'.repeat(129) }, 'userId'],
  'PUT /status': [{ status: 'away' }, 'status'],
  'PUT /users/:userId/block': [{ userId: 'x'.repeat(129) }, 'userId'],
  'DELETE /users/:userId/block': [{ userId: 'x'.repeat(129) }, 'userId'],
  'GET /users/blocked': [{ limit: 0 }, 'limit'],
};

describe('the REST API', () => {
  let chat: TestChat;
  let pair: Pair;
  let buyer: RestClient;

  beforeAll(async () => {
    chat = await TestChat.start({ env: UNLIMITED });
    pair = await connectPair(chat);
    buyer = RestClient.of(chat, pair.buyerId);
  });
  afterAll(() => chat.stop());

  /** A payload that succeeds, with a message and a group of the buyer's of its own. */
  async function goodPayload(command: keyof typeof commands): Promise<Record<string, unknown>> {
    const { buyerId, sellerId, chatId } = pair;
    const { id: messageId } = await pair.buyer.get('message:send', { chatId, text: 'is it still there?' });
    const { id: theirMessageId } = await pair.seller.get('message:send', { chatId, text: 'it is' });
    const [memberId, otherMemberId] = [newUserId(), newUserId()];
    const groupId = await createGroup(pair.buyer, [memberId, otherMemberId]);
    const group = { groupId, memberId, otherMemberId };
    const surroundings = { chatId, messageId, theirMessageId, buyerId, sellerId, ...group, token: '' };
    const payload = goodPayloads(surroundings)[command] as Record<string, unknown>;
    // Each call replies to a message of its own, so a key that stands for another would be refused.
    return command === 'message:send' ? { ...payload, clientMessageId: `answer to ${messageId}` } : payload;
  }

  describe.each(routeList)('$name', ({ name, command, status }) => {
    it('answers what its command promises, in the shape of an ack', async () => {
      const answer = await buyer.ask(name, await goodPayload(command));

      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const data = answer.body.success ? answer.body.data : answer.body.error;
      expect(commands[command].data.parse(data)).toEqual(data);
      expect(answer.body).toEqual({ success: true, data });
    });

    const bad = BAD_FIELDS[name];
    if (bad === null) {
      return;
    }
    it('says which field of a payload does not fit', async () => {
      const [wrong, path] = bad;

      const answer = await buyer.ask(name, { ...(await goodPayload(command)), ...wrong });

      expect(answer.status).toBe(400);
      const failure = failureIn(answer);
      expectRefusal(failure, 'VALIDATION_FAILED');
      expect(failure.message).toContain(`unable to ${commands[command].operation}; `);
      expect(failure.details).toEqual([expect.objectContaining({ path })]);
    });
  });

  it.each(routeList.filter(({ pathFields }) => pathFields.includes('chatId')))(
    '$name answers a chat id that can be none as it does for a chat of others',
    async ({ name, command }) => {
      const answer = await buyer.ask(name, { ...(await goodPayload(command)), chatId: "'; drop table chat.chats" });

      expect(answer.status).toBe(404);
      expectRefusal(failureIn(answer), 'CHAT_NOT_FOUND');
    },
  );

  it('opens a chat, talks, corrects, reads and looks at it, as sockets do', async () => {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const [anna, sam] = [RestClient.of(chat, buyerId), RestClient.of(chat, sellerId)];

    const { id: chatId } = await anna.get('POST /chats', { buyerId, sellerId, productId: 7 });
    const first = await anna.get('POST /messages', { chatId, text: 'is it still there?' });
    const second = await sam.get('POST /chats/:chatId/messages', { chatId, text: 'it is' });
    const edited = await sam.get('PATCH /chats/:chatId/messages/:messageId', {
      chatId,
      messageId: second.id,
      text: 'yes',
    });
    await anna.get('DELETE /chats/:chatId/messages/:messageId', { chatId, messageId: first.id });
    const marks = await anna.get('PUT /chats/:chatId/read', { chatId });
    const page = await anna.get('GET /chats/:chatId/messages', { chatId, afterSeq: 1, limit: 1 });
    const synced = await anna.get('POST /sync', { chats: [{ chatId, rev: 0 }] });
    const state = await sam.get('GET /chats/:chatId', { chatId });

    expect(marks).toEqual({ chatId, userId: buyerId, lastReadSeq: 2, lastDeliveredSeq: 2 });
    expect(page).toMatchObject({ messages: [edited], hasMore: false });
    expect(synced.chats[0]?.messages.map(({ seq, text }) => [seq, text])).toEqual([
      [2, 'yes'],
      [1, ''],
    ]);
    expect(state.chat).toMatchObject({ id: chatId, productId: 7, lastSeq: 2, rev: 4 });
    expect(state.messages.map(({ text }) => text)).toEqual(['', 'yes']);
    expect(state.members).toContainEqual(
      expect.objectContaining({
        userId: buyerId,
        role: 'buyer',
        online: false,
        lastReadSeq: 2,
        lastDeliveredSeq: 2,
      }),
    );
  });

  it('takes a user in a path for the one that an integer names, whatever the body says', async () => {
    const [memberId, otherId, odd] = [newUserId(), newUserId(), 'sales/team ü'];
    const userIds = [memberId, otherId, odd];
    const { id: chatId } = await buyer.get('POST /chats', { type: 'group', name: 'Delivery', userIds });

    const body = JSON.stringify({ role: 'moderator', userId: otherId, chatId: pair.chatId });
    const { status } = await buyer.send('PUT', `/chats/${chatId}/members/${memberId}/role`, { body });
    await buyer.get('DELETE /chats/:chatId/members/:userId', { chatId, userId: odd });
    await buyer.send('DELETE', `/chats/${chatId}/members/0${otherId}`);

    expect(status).toBe(200);
    const { members } = await buyer.get('GET /chats/:chatId', { chatId });
    expect(new Map(members.map(({ userId, role }) => [userId, role]))).toEqual(
      new Map([
        [pair.buyerId, 'owner'],
        [memberId, 'moderator'],
        [otherId, 'member'],
      ]),
    );
  });

  it('tells which contacts are online, all or those that are named', async () => {
    const { sellerId } = pair;

    expect(await buyer.get('GET /users/online', {})).toEqual({ userIds: [sellerId] });
    expect(await buyer.get('GET /users/online', { userIds: [1, sellerId] })).toEqual({ userIds: [sellerId] });
    expect(await buyer.get('GET /users/online', { userIds: [1] })).toEqual({ userIds: [] });
  });
});

describe('the rate limit of a route', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({
      env: {
        RATE_LIMIT_MESSAGES: '1',
        RATE_LIMIT_COMMANDS: '1',
        RATE_LIMIT_SEARCHES: '1',
        RATE_LIMIT_WINDOW_SECONDS: '3600',
      },
    });
  });
  afterAll(() => chat.stop());

  it.each(routeList)('holds for $name, and says when to come again', async ({ name }) => {
    const rest = RestClient.of(chat, newUserId());
    const payload = { chatId: 'no uuid', messageId: 'no uuid' };
    expect((await rest.ask(name, payload)).status).not.toBe(429);

    const answer = await rest.ask(name, payload);

    expect(answer.status).toBe(429);
    const failure = failureIn(answer);
    expectRefusal(failure, 'RATE_LIMITED');
    expect(answer.headers.get('retry-after')).toBe(String(Math.ceil((failure.retryAfterMs ?? 0) / 1_000)));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is one with that of sockets', async () => {
    const userId = newUserId();
    const client = await chat.connect(userId);
    await client.get('users:online', {});

    expect(failureIn(await RestClient.of(chat, userId).ask('GET /users/online', {})).code).toBe('RATE_LIMITED');
  });

  it('counts bodies that cannot be read', async () => {
    const rest = RestClient.of(chat, newUserId());

    expect(failureIn(await rest.send('POST', '/sync', { body: '{' })).code).toBe('VALIDATION_FAILED');
    expect(failureIn(await rest.send('POST', '/sync', { body: '{' })).code).toBe('RATE_LIMITED');
  });
});
