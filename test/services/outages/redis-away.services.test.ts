import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { probe } from '../../support/process/health-probe.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';
import type { ServerProcess } from '../../support/services/server-process.js';

const BUYER = 1;
const SELLER = 2;

describeWithPrivateServers('while Redis is away', (servers) => {
  let redis: ServerProcess;
  let chat: TestChat;
  /** On instance 0, as is `seller`; `remoteSeller` is the same user on instance 1. */
  let buyer: TestClient;
  let seller: TestClient;
  let remoteSeller: TestClient;
  let chatId: string;

  beforeEach(async () => {
    const [postgres, started] = await Promise.all([servers.startPostgres(), servers.startRedis()]);
    redis = started;
    chat = await TestChat.start({
      instances: 2,
      env: {
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        RATE_LIMIT_MESSAGES: '20',
        RATE_LIMIT_WINDOW_SECONDS: '600',
        PRESENCE_TTL_SECONDS: '3',
      },
    });
    buyer = await chat.connect(BUYER);
    seller = await chat.connect(SELLER);
    remoteSeller = await chat.connect(SELLER, { instance: 1 });
    ({ id: chatId } = await buyer.get('chat:create', { buyerId: BUYER, sellerId: SELLER }));
    for (const client of [buyer, seller, remoteSeller]) {
      await client.get('chat:join', { chatId });
    }
  });
  afterEach(() => chat.stop());

  const ready = () => Promise.all([0, 1].map((instance) => probe(chat.url(instance), 'ready')));

  it('messages are stored, acked and shown on their instance', async () => {
    await redis.kill();

    const sent = await buyer.get('message:send', { chatId, text: 'do you hear me?' });

    expect(await seller.event('message:new')).toEqual(sent);
    expect((await remoteSeller.get('chat:history', { chatId })).messages).toEqual([sent]);
  });

  it('typing and presence are shown on their instance', async () => {
    await redis.kill();

    await buyer.get('typing:start', { chatId });
    expect(await seller.event('typing:start')).toMatchObject({ chatId, userId: BUYER });
    await buyer.get('typing:stop', { chatId });
    expect(await seller.event('typing:stop')).toEqual({ chatId, userId: BUYER });
    expect(await seller.get('users:online', {})).toEqual({ userIds: [BUYER] });
    expect(await remoteSeller.get('users:online', {})).toEqual({ userIds: [] });
  });

  it('new connections are vouched for by the marketplace at every time', async () => {
    const token = chat.marketplace.token({ userId: 3 });
    await redis.kill();

    for (const expected of [1, 2]) {
      const client = await chat.connect(3, { token });
      expect(await client.event('connection:success')).toMatchObject({ userId: 3 });
      expect(chat.marketplace.calls(token)).toBe(expected);
    }
  });

  it('the rate limit holds, counted by each instance for itself', async () => {
    await redis.kill();

    const answers = await Promise.all(
      Array.from({ length: 21 }, (_, index) => buyer.ask('message:send', { chatId, text: `${index}` })),
    );

    const refused = answers.flatMap((answer) => (answer.success ? [] : [answer.error]));
    expect(refused).toEqual([expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })]);
  });

  it('instances stay alive and ask for no traffic until it is back', async () => {
    expect(await ready()).toEqual([200, 200]);

    await redis.kill();
    await expect.poll(ready).toEqual([503, 503]);
    expect(await probe(chat.url(), 'live')).toBe(200);

    await redis.restart();
    await expect.poll(ready, { timeout: 10_000 }).toEqual([200, 200]);
  });

  it('its return brings back delivery between instances, presence and its transitions', async () => {
    await redis.kill();
    await expect.poll(ready).toEqual([503, 503]);
    const unheard = await buyer.get('message:send', { chatId, text: 'in the dark' });
    await redis.restart();
    await expect.poll(ready, { timeout: 10_000 }).toEqual([200, 200]);

    const heard = await buyer.get('message:send', { chatId, text: 'and in the light' });
    expect(await remoteSeller.event('message:new', ({ id }) => id === heard.id)).toEqual(heard);
    // The gap in seq tells the client what it missed.
    expect(heard.seq).toBe(unheard.seq + 1);
    expect(remoteSeller.received('message:new')).toEqual([heard]);

    // Redis came back empty: the instances have told it again who is here.
    await expect.poll(() => remoteSeller.get('users:online', {})).toEqual({ userIds: [BUYER] });
    buyer.close();
    expect(await remoteSeller.event('user:offline')).toMatchObject({ userId: BUYER });
  });

  it('users who leave meanwhile are announced when it is back, which then knows nothing of them', async () => {
    await redis.kill();
    buyer.close();
    await expect.poll(() => seller.get('users:online', {})).toEqual({ userIds: [] });
    expect(seller.received('user:offline')).toEqual([]);

    await redis.restart();

    for (const client of [seller, remoteSeller]) {
      expect(await client.event('user:offline')).toMatchObject({ userId: BUYER });
    }
  });

  it('messages that meet a frozen Redis are stored, acked and shown all the same', async () => {
    redis.pause();
    try {
      const sent = await buyer.get('message:send', { chatId, text: 'anybody there?' });
      expect(await seller.event('message:new')).toEqual(sent);
      redis.resume();
      expect(await remoteSeller.event('message:new')).toEqual(sent);
    } finally {
      redis.resume();
    }
  });
});

describeWithPrivateServers('a start without Redis', (servers) => {
  it('serves at once, and joins the other instances when Redis comes', async () => {
    const [postgres, redis] = await Promise.all([servers.startPostgres(), servers.startRedis()]);
    await redis.stop();
    const chat = await TestChat.start({
      instances: 2,
      env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
    });
    const ready = () => Promise.all([0, 1].map((instance) => probe(chat.url(instance), 'ready')));
    expect(await ready()).toEqual([503, 503]);
    const buyer = await chat.connect(BUYER);
    const seller = await chat.connect(SELLER, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId: BUYER, sellerId: SELLER });
    await buyer.get('message:send', { chatId, text: 'first' });
    expect((await seller.get('chat:join', { chatId })).messages).toHaveLength(1);

    await redis.restart();
    await expect.poll(ready, { timeout: 10_000 }).toEqual([200, 200]);
    // Each instance has its commands back a moment before it hears the other; from then on nothing of it is missed.
    await Promise.all([buyer.event('sync:required'), seller.event('sync:required')]);

    const sent = await buyer.get('message:send', { chatId, text: 'second' });
    expect(await seller.event('message:new')).toEqual(sent);
    await expect.poll(() => seller.get('users:online', {})).toEqual({ userIds: [BUYER] });
    await chat.stop();
  });
});
