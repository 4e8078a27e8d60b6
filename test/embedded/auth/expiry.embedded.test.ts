import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';

const SOON_SECONDS = 2;

describe('a connection whose token expires', () => {
  let chat: TestChat;
  let nextUserId = 1_000;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({ env: { AUTH_EXPIRY_GRACE_SECONDS: '2' } });
  });
  afterEach(() => {
    chat.marketplace.release();
  });
  afterAll(() => chat.stop());

  /** A token that is good now and ends soon. */
  function shortToken(userId: number): string {
    return chat.marketplace.token({ userId, claims: { exp: Date.now() / 1_000 + SOON_SECONDS } });
  }

  async function connectBriefly(userId: number): Promise<TestClient> {
    const client = chat.dial({ token: shortToken(userId) });
    await client.event('connection:success');
    return client;
  }

  it('is told, is refused every command, and is closed after the grace time', async () => {
    const client = await connectBriefly(nextUserId++);
    await client.barrier();

    expect(await client.event('auth:token-expired')).toEqual({ error: 'Token expired', code: 'TOKEN_EXPIRED' });
    expect(await client.failure('users:online')).toMatchObject({ code: 'TOKEN_EXPIRED', retryable: false });
    expect(await client.failure('nonsense')).toMatchObject({ code: 'TOKEN_EXPIRED' });
    client.tell('chat:create', { buyerId: 1, sellerId: 2 });
    expect(await client.event('error')).toMatchObject({ code: 'TOKEN_EXPIRED', event: 'chat:create' });
    expect(await client.disconnected()).toBe('io server disconnect');
    expect(client.received('auth:token-expired')).toHaveLength(1);
  });

  it('stays when it refreshes within the grace time, and outlives one that did not', async () => {
    const userId = nextUserId++;
    const client = await connectBriefly(userId);
    await client.event('auth:token-expired');
    // Begins to expire no earlier than the other did, so its grace time ends later.
    const idle = await connectBriefly(userId);
    const token = chat.marketplace.token({ userId });

    const answer = await client.get('auth:refresh-token', { token });
    expect(answer).toEqual({ userId, expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(Date.parse(answer.expiresAt)).toBeGreaterThan(Date.now());
    await client.barrier();
    await idle.disconnected();
    await client.barrier();
    expect(client.received('auth:token-expired')).toHaveLength(1);
  });

  it('is not told of an exp that a refresh has moved', async () => {
    const userId = nextUserId++;
    const client = await connectBriefly(userId);
    await client.get('auth:refresh-token', { token: `Bearer ${chat.marketplace.token({ userId })}` });
    const later = await connectBriefly(userId);

    await later.event('auth:token-expired');
    await client.barrier();
    expect(client.received('auth:token-expired')).toEqual([]);
  });

  it('is told of the exp of the newer token when that comes', async () => {
    const userId = nextUserId++;
    const client = await chat.connect(userId);
    await client.get('auth:refresh-token', { token: shortToken(userId) });

    await client.event('auth:token-expired');
    expect(await client.failure('users:online')).toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('keeps its rooms over a refresh', async () => {
    const [buyerId, sellerId] = [nextUserId++, nextUserId++];
    const buyer = await connectBriefly(buyerId);
    const seller = await chat.connect(sellerId);
    const { id: chatId } = await seller.get('chat:create', { buyerId, sellerId });
    await buyer.get('chat:join', { chatId });
    await buyer.event('auth:token-expired');
    await buyer.get('auth:refresh-token', { token: chat.marketplace.token({ userId: buyerId }) });

    const sent = await seller.get('message:send', { chatId, text: 'still there?' });
    expect(await buyer.event('message:new')).toEqual(sent);
  });

  it('is refused the token of another user, and goes on with its own session', async () => {
    const [userId, otherId] = [nextUserId++, nextUserId++];
    const client = await chat.connect(userId);
    const other = chat.marketplace.token({ userId: otherId });

    expect(await client.failure('auth:refresh-token', { token: other })).toMatchObject({
      code: 'TOKEN_USER_MISMATCH',
      message: expect.stringMatching(/^unable to refresh token; /),
      retryable: false,
    });
    // Still the first user: may open a chat of its own, and none of the other's.
    await client.get('chat:create', { buyerId: userId, sellerId: 999 });
    expect(await client.failure('chat:create', { buyerId: otherId, sellerId: 999 })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('is closed on time when all it has is the token of another user', async () => {
    const client = await connectBriefly(nextUserId++);
    await client.event('auth:token-expired');
    const other = chat.marketplace.token({ userId: nextUserId++ });

    expect(await client.failure('auth:refresh-token', { token: other })).toMatchObject({ code: 'TOKEN_USER_MISMATCH' });
    expect(await client.failure('users:online')).toMatchObject({ code: 'TOKEN_EXPIRED' });
    await client.disconnected();
  });

  it.each([
    ['garbage', 'TOKEN_INVALID', () => 'garbage'],
    ['an empty token', 'VALIDATION_FAILED', () => ''],
    ['a blank token', 'TOKEN_REQUIRED', () => '   '],
    ['an expired token', 'TOKEN_EXPIRED', () => chat.marketplace.token({ userId: 7, expiresInSeconds: -1 })],
    ['an unsigned token', 'TOKEN_INVALID', () => chat.marketplace.token({ userId: 7, algorithm: 'none' })],
    ['a wrongly signed token', 'TOKEN_INVALID', () => chat.marketplace.token({ userId: 7, secret: 'another' })],
    ['a token without exp', 'TOKEN_INVALID', () => chat.marketplace.token({ userId: 7, expiresInSeconds: null })],
  ])('is refused a refresh with %s, as %s, and goes on as before', async (_case, code, makeToken) => {
    const client = await chat.connect(7);

    expect(await client.failure('auth:refresh-token', { token: makeToken() })).toMatchObject({ code });
    await client.barrier();
    expect(client.log.map(({ event }) => event)).toEqual(['connection:success']);
  });

  it.each([
    [401, 'TOKEN_INVALID'],
    [403, 'TOKEN_INVALID'],
    [500, 'AUTH_SERVICE_ERROR'],
    ['malformed-json', 'AUTH_SERVICE_ERROR'],
    ['reset', 'AUTH_SERVICE_ERROR'],
  ] as const)('goes on as before when the marketplace answers a refresh with %s', async (behaviour, code) => {
    const userId = nextUserId++;
    const client = await chat.connect(userId);
    const token = chat.marketplace.token({ userId });
    chat.marketplace.authMe = behaviour;

    expect(await client.failure('auth:refresh-token', { token })).toMatchObject({ code });
    await client.barrier();

    chat.marketplace.authMe = 'user';
    await client.get('auth:refresh-token', { token });
  });

  it('may leave while its refresh is on the way', async () => {
    const userId = nextUserId++;
    const client = await chat.connect(userId);
    const token = chat.marketplace.token({ userId });
    chat.marketplace.authMe = 'hang';
    client.tell('auth:refresh-token', { token });
    await expect.poll(() => chat.marketplace.waiting).toBe(1);
    client.close();
    chat.marketplace.release();

    await (await chat.connect(userId)).barrier();
  });
});
