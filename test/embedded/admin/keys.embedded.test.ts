import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminRouteName, API_KEY_HEADER, API_PATH, adminRouteList } from '../../../src/contract/index.js';
import { ADMIN_KEY, AdminClient } from '../../support/admin/admin-client.js';
import { LogCapture } from '../../support/auth/log-capture.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair, newUserId, type Pair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { failureIn, RestClient } from '../../support/rest/rest-client.js';

const NEXT_KEY = 'next-key-of-the-marketplace-01234567';

/**
 * For each route, a payload that succeeds, and what in it could be wrong, where that is more than the chat. A new route
 * does not compile without its line.
 */
const PAYLOADS: Record<AdminRouteName, [good: (aim: Aim) => object, wrong: object, blamed: string]> = {
  'POST /admin/chats': [({ userId, sellerId }) => ({ buyerId: userId, sellerId }), { sellerId: true }, 'sellerId'],
  'GET /admin/chats/:chatId': [({ chatId }) => ({ chatId }), { limit: 201 }, 'limit'],
  'GET /admin/chats/:chatId/messages': [({ chatId }) => ({ chatId, afterSeq: 0 }), { afterSeq: -1 }, 'afterSeq'],
  'POST /admin/chats/:chatId/messages': [({ chatId }) => ({ chatId, text: 'shipped' }), { params: [] }, 'params'],
  'GET /admin/chats/:chatId/messages/:messageId/versions': [
    ({ chatId, messageId }) => ({ chatId, messageId }),
    { limit: 0 },
    'limit',
  ],
  'DELETE /admin/chats/:chatId/messages/:messageId': [
    ({ chatId, messageId }) => ({ chatId, messageId }),
    { messageId: 'none' },
    'messageId',
  ],
  'POST /admin/chats/:chatId/close': [({ chatId }) => ({ chatId }), {}, ''],
  'POST /admin/chats/:chatId/reopen': [({ chatId }) => ({ chatId }), {}, ''],
  'POST /admin/users/:userId/cut': [({ userId }) => ({ userId }), { userId: 'x'.repeat(129) }, 'userId'],
  'GET /admin/users/:userId/export': [({ userId }) => ({ userId }), { cursor: 'forged' }, 'cursor'],
  'POST /admin/users/:userId/erase': [({ userId }) => ({ userId }), { cursor: 'forged' }, 'cursor'],
};

interface Aim {
  chatId: string;
  messageId: string;
  /** A user of whom nobody else knows. */
  userId: number;
  sellerId: number;
}

describe('the admin API', () => {
  const log = new LogCapture();
  let chat: TestChat;
  let pair: Pair;
  let aim: Aim;

  beforeAll(async () => {
    chat = await TestChat.start({
      env: { ...UNLIMITED, ADMIN_API_KEYS: `${ADMIN_KEY}, ${NEXT_KEY}`, LOG_LEVEL: 'trace' },
      logDestination: log,
    });
    pair = await joinedPair(chat);
    const { chatId, buyer } = pair;
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'is it still there?' });
    aim = { chatId, messageId, userId: newUserId(), sellerId: newUserId() };
  });
  afterAll(() => chat.stop());

  async function everythingKnown(): Promise<unknown> {
    const { typing: _, ...state } = await pair.seller.get('chat:get', { chatId: pair.chatId });
    return { state, connected: [pair.buyer, pair.seller].map(({ socket }) => socket.connected) };
  }

  describe.each(adminRouteList)('$name', ({ name, data, status }) => {
    const [good] = PAYLOADS[name];

    it('lets nobody in without a key of the deployment, whatever else he has, and does nothing', async () => {
      const before = await everythingKnown();
      const token = chat.marketplace.token({ userId: pair.buyerId });
      const presented: Record<string, string>[] = [
        {},
        { [API_KEY_HEADER]: '' },
        { [API_KEY_HEADER]: 'x'.repeat(32) },
        { [API_KEY_HEADER]: ADMIN_KEY.slice(0, -1) },
        { [API_KEY_HEADER]: `${ADMIN_KEY}, ${NEXT_KEY}` },
        { [API_KEY_HEADER]: token },
        { [API_KEY_HEADER]: `Bearer ${ADMIN_KEY}` },
        { Authorization: `Bearer ${token}` },
        { Authorization: `Bearer ${ADMIN_KEY}` },
        { Cookie: `${API_KEY_HEADER}=${ADMIN_KEY}` },
      ];
      for (const headers of presented) {
        const answer = await new AdminClient(chat.url(), headers).ask(name, good(aim));
        expect(answer.status, JSON.stringify(headers)).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('ApiKey');
        expectRefusal(failureIn(answer), 'API_KEY_INVALID');
      }
      expect(await everythingKnown()).toEqual(before);
    });

    it('takes each of the keys, and answers what its contract promises', async () => {
      for (const key of [ADMIN_KEY, NEXT_KEY]) {
        const answer = await new AdminClient(chat.url(), { [API_KEY_HEADER]: key }).ask(name, good(aim));

        expect(answer.status).toBe(status);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        const told = answer.body.success ? answer.body.data : answer.body.error;
        expect(data.parse(told)).toEqual(told);
        expect(answer.body).toEqual({ success: true, data: told });
      }
    });
  });

  it.each(adminRouteList.filter(({ name }) => PAYLOADS[name][2] !== ''))(
    '$name says which field of a payload does not fit',
    async ({ name }) => {
      const [good, wrong, blamed] = PAYLOADS[name];

      const failure = failureIn(await AdminClient.of(chat).ask(name, { ...good(aim), ...wrong }));

      expectRefusal(failure, 'VALIDATION_FAILED');
      expect(failure.details).toEqual([expect.objectContaining({ path: blamed })]);
    },
  );

  it.each(adminRouteList.filter(({ pathFields }) => pathFields.includes('chatId')))(
    '$name finds no chat where there is none, and none with an id that can be none',
    async ({ name, pathFields }) => {
      const [good] = PAYLOADS[name];
      const code = pathFields.includes('messageId') ? 'MESSAGE_NOT_FOUND' : 'CHAT_NOT_FOUND';

      const absent = await AdminClient.of(chat).ask(name, { ...good(aim), chatId: randomUUID() });
      const nonsense = await AdminClient.of(chat).ask(name, { ...good(aim), chatId: "'; drop table chat.chats" });

      expect([absent.status, nonsense.status]).toEqual([404, 404]);
      expectRefusal(failureIn(absent), code);
      expectRefusal(failureIn(nonsense), 'CHAT_NOT_FOUND');
    },
  );

  it('reads no body before it has seen the key', async () => {
    const answer = await fetch(`${chat.url()}${API_PATH}/admin/chats`, { method: 'POST', body: 'x'.repeat(200_000) });
    expect(answer.status).toBe(401);

    const known = await fetch(`${chat.url()}${API_PATH}/admin/chats`, {
      method: 'POST',
      headers: { [API_KEY_HEADER]: ADMIN_KEY },
      body: 'x'.repeat(200_000),
    });
    expect(known.status).toBe(413);
  });

  it('does not make a token of its key for what clients do', async () => {
    const rest = new RestClient(chat.url(), ADMIN_KEY);
    const answer = await rest.send('GET', `/chats/${pair.chatId}`, { headers: { [API_KEY_HEADER]: ADMIN_KEY } });
    expect(failureIn(answer).code).toBe('TOKEN_INVALID');
    expect(await chat.dial({ token: ADMIN_KEY }).event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('has no route beside those of its contract, with or without a key', async () => {
    for (const headers of [{}, { [API_KEY_HEADER]: ADMIN_KEY }]) {
      const answer = await fetch(`${chat.url()}${API_PATH}/admin/nonsense`, { headers });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ success: false, error: { code: 'UNKNOWN_ROUTE' } });
    }
  });

  it('leaves no key in the log, good or bad', async () => {
    await new AdminClient(chat.url(), { [API_KEY_HEADER]: 'b'.repeat(32) }).ask('POST /admin/chats', {});
    await expect.poll(() => log.lines.length).toBeGreaterThan(0);
    expect(log.leaked([ADMIN_KEY, NEXT_KEY, 'b'.repeat(32)])).toEqual([]);
  });
});

describe('a service without admin keys', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  it.each(adminRouteList)('has no route $name', async ({ name }) => {
    const [good] = PAYLOADS[name];
    const aim = { chatId: randomUUID(), messageId: randomUUID(), userId: 1, sellerId: 2 };
    for (const headers of [{}, { [API_KEY_HEADER]: '' }, { [API_KEY_HEADER]: ADMIN_KEY }]) {
      const answer = await new AdminClient(chat.url(), headers).ask(name, good(aim));
      expect(answer.status).toBe(404);
      expectRefusal(failureIn(answer), 'UNKNOWN_ROUTE');
    }
  });
});
