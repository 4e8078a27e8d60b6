import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unusableTokens } from '../../support/auth/forged-tokens.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

describe('connecting', () => {
  let chat: TestChat;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  function token(userId: number | string = 123): string {
    return chat.marketplace.token({ userId });
  }

  async function refusalOf(client: TestClient): Promise<string> {
    const { code, error } = await client.event('auth:error');
    expect(error).toMatch(/^unable to connect; /);
    await client.disconnected();
    return code;
  }

  describe('with a good token', () => {
    it.each([['auth' as const], ['query' as const], ['header' as const]])('in %s succeeds', async (tokenIn) => {
      const client = chat.dial({ token: token(), tokenIn });

      expect(await client.event('connection:success')).toEqual({
        userId: 123,
        socketId: client.socket.id,
        protocol: 1,
        serverTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
      await client.barrier();
    });

    it.each([['auth' as const], ['query' as const]])('in %s may begin with Bearer', async (tokenIn) => {
      const client = chat.dial({ token: `Bearer ${token()}`, tokenIn });
      await client.event('connection:success');
    });

    it('in the header may come without Bearer', async () => {
      const client = chat.dial({ headers: { Authorization: token() } });
      await client.event('connection:success');
    });

    it.each([['polling' as const], ['websocket' as const]])('succeeds over %s, in each place', async (transport) => {
      for (const tokenIn of ['auth', 'query', 'header'] as const) {
        const client = chat.dial({ token: token(), tokenIn, transports: [transport] });
        await client.event('connection:success');
      }
    });

    it('goes by auth, then by the query, then by the header', async () => {
      const header = { Authorization: `Bearer ${token('of-header')}` };
      const inQuery = chat.dial({ token: token('of-query'), tokenIn: 'query', headers: header });
      expect((await inQuery.event('connection:success')).userId).toBe('of-query');

      const inAuth = chat.dial({ token: token('of-auth'), headers: header });
      expect((await inAuth.event('connection:success')).userId).toBe('of-auth');
    });

    it('names a numeric user by a number, and any other by text', async () => {
      const idOf = async (userId: string) =>
        (await chat.dial({ token: token(userId) }).event('connection:success')).userId;

      expect(await idOf('9007199254740991')).toBe(9_007_199_254_740_991);
      expect(await idOf('9007199254740993')).toBe('9007199254740993');
      expect(await idOf('0f9a7c1e-5b1d-4e51-9f5e-0d8f3f9a2b11')).toBe('0f9a7c1e-5b1d-4e51-9f5e-0d8f3f9a2b11');
    });
  });

  describe('without a usable token', () => {
    it('is refused as TOKEN_REQUIRED when there is none', async () => {
      expect(await refusalOf(chat.dial())).toBe('TOKEN_REQUIRED');
      expect(await refusalOf(chat.dial({ token: '' }))).toBe('TOKEN_REQUIRED');
      expect(await refusalOf(chat.dial({ token: 'Bearer ' }))).toBe('TOKEN_REQUIRED');
      expect(await refusalOf(chat.dial({ headers: { Authorization: 'Bearer ' } }))).toBe('TOKEN_REQUIRED');
    });

    it.each([
      ['nothing', '{}'],
      ['a number', '{"token":123}'],
      ['a list', '{"token":["a.b.c"]}'],
      ['an object', '{"token":{"toString":"a.b.c"}}'],
      ['null', '{"token":null}'],
      ['keys of every object', '{"__proto__":{"token":"a.b.c"},"constructor":1}'],
    ])('is refused as TOKEN_REQUIRED when it is %s', async (_case, auth) => {
      const raw = new RawClient({ url: chat.url() });
      await raw.opened();
      raw.send(`40/chat,${auth}`);

      await raw.closed();
      expect(raw.received('auth:error')).toMatchObject([{ code: 'TOKEN_REQUIRED' }]);
    });

    it.each([
      ['null', 'null'],
      ['text', '"a.b.c"'],
      ['a list', '["a.b.c"]'],
    ])('ends when auth itself is %s, which no client library sends', async (_case, auth) => {
      const raw = new RawClient({ url: chat.url() });
      await raw.opened();
      raw.send(`40/chat,${auth}`);

      await raw.closed();
    });

    it.each(Object.entries(unusableTokens))('is refused as TOKEN_INVALID: %s', async (_case, unusable) => {
      expect(await refusalOf(chat.dial({ token: unusable }))).toBe('TOKEN_INVALID');
    });

    it.each([
      ['query' as const, 'polling' as const],
      ['query' as const, 'websocket' as const],
      ['header' as const, 'polling' as const],
      ['header' as const, 'websocket' as const],
      ['auth' as const, 'polling' as const],
    ])('is refused alike in %s over %s', async (tokenIn, transport) => {
      expect(await refusalOf(chat.dial({ token: 'garbage', tokenIn, transports: [transport] }))).toBe('TOKEN_INVALID');
    });

    it('is refused as TOKEN_INVALID when the signature is not of our secret', async () => {
      const forged = chat.marketplace.token({ secret: 'somebody else' });
      expect(await refusalOf(chat.dial({ token: forged }))).toBe('TOKEN_INVALID');
    });

    it('is refused as TOKEN_EXPIRED, in both words, when its time is over', async () => {
      const client = chat.dial({ token: chat.marketplace.token({ expiresInSeconds: -1 }) });

      expect(await client.event('auth:token-expired')).toMatchObject({ code: 'TOKEN_EXPIRED' });
      expect(await refusalOf(client)).toBe('TOKEN_EXPIRED');
      expect(client.received('connection:success')).toEqual([]);
    });

    it('never reaches the marketplace', async () => {
      chat.marketplace.forgetCalls();
      const forged = [
        'garbage',
        chat.marketplace.token({ secret: 'somebody else' }),
        chat.marketplace.token({ algorithm: 'none' }),
        chat.marketplace.token({ expiresInSeconds: -1 }),
      ];
      for (const value of forged) {
        await refusalOf(chat.dial({ token: value }));
      }

      expect(chat.marketplace.calls()).toBe(0);
    });
  });

  describe('and being refused', () => {
    it.each([['polling' as const], ['websocket' as const]])(
      'tells why, then closes, and says nothing else, over %s',
      async (transport) => {
        const client = chat.dial({ token: 'garbage', transports: [transport] });
        await client.disconnected();

        expect(client.log.map(({ event }) => event)).toEqual(['auth:error', 'disconnect']);
        expect(client.socket.connected).toBe(false);
      },
    );

    it('carries out no command, whenever it was sent', async () => {
      const [victimId, sellerId] = [2_001, 2_002];
      const victim = await chat.connect(victimId);
      const seller = await chat.connect(sellerId);
      const { id: chatId } = await victim.get('chat:create', { buyerId: victimId, sellerId });
      await seller.get('chat:join', { chatId });

      const forged = chat.marketplace.token({ userId: victimId, secret: 'somebody else' });
      // Through the library, which sends at the moment it is told that it is connected.
      const intruder = chat.dial({ token: forged });
      intruder.tell('message:send', { chatId, text: 'not from the victim' });
      intruder.tell('chat:create', { buyerId: victimId, sellerId: 2_003 });
      intruder.tell('typing:start', { chatId });
      // By hand: before the login, with it, and after the answer to it.
      const raw = new RawClient({ url: chat.url() });
      await raw.opened();
      raw.join({ token: forged });
      raw.emit(JSON.stringify(['message:send', { chatId, text: 'not from the victim' }]), 1);
      const early = new RawClient({ url: chat.url() });
      await early.opened();
      early.emit(JSON.stringify(['message:send', { chatId, text: 'not from the victim' }]), 1);
      await Promise.all([intruder.disconnected(), raw.closed(), early.closed()]);
      await Promise.all([seller.barrier(), victim.barrier()]);

      expect((await victim.get('chat:history', { chatId })).messages).toEqual([]);
      expect(seller.received('message:new')).toEqual([]);
      expect(seller.received('typing:start')).toEqual([]);
      expect(victim.received('chat:created')).toHaveLength(1);
      expect([...raw.answers(1), ...early.answers(1)]).toEqual([]);
    });

    it('receives nothing that is meant for the user it claims to be', async () => {
      const [buyerId, victimId] = [2_011, 2_012];
      const buyer = await chat.connect(buyerId);
      const intruder = chat.dial({ token: chat.marketplace.token({ userId: victimId, secret: 'somebody else' }) });
      const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId: victimId });
      await buyer.get('message:send', { chatId, text: 'for the victim only' });
      await intruder.disconnected();

      expect(intruder.log.map(({ event }) => event)).toEqual(['auth:error', 'disconnect']);
    });

    it('does not make anybody look online', async () => {
      const [buyerId, victimId] = [2_021, 2_022];
      const buyer = await chat.connect(buyerId);
      await buyer.get('chat:create', { buyerId, sellerId: victimId });
      await chat.dial({ token: chat.marketplace.token({ userId: victimId, secret: 'somebody else' }) }).disconnected();

      expect(await buyer.get('users:online', {})).toEqual({ userIds: [] });
      expect(buyer.received('user:online')).toEqual([]);
    });
  });
});
