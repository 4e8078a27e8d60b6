import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { RedisTypingStore } from '../../../src/typing/redis-typing.store.js';
import { age } from '../../support/presence/aged-redis.js';
import { describeWithServices } from '../../support/services/test-services.js';
import { describeTypingStore } from '../../support/typing/typing-store-suite.js';

const CHAT = '0190b3a0-0000-7000-8000-000000000000';

describeWithServices('on Redis,', (services) => {
  let redis: Redis;
  let elsewhere: Redis;

  beforeAll(() => {
    redis = new Redis(services.redisUrl());
    elsewhere = new Redis(services.redisUrl());
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => Promise.all([redis.quit(), elsewhere.quit()]));

  describeTypingStore(() => ({
    store: new RedisTypingStore(redis, 10),
    other: new RedisTypingStore(elsewhere, 10),
    pass: (ms) => age(redis, ms),
  }));

  it('a sign is a key other services may read, which lasts ten seconds', async () => {
    const store = new RedisTypingStore(redis, 10);
    await store.start({ chatId: CHAT, userId: '42' });

    const ttl = await redis.pttl(`chat:${CHAT}:typing:42`);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(10_000);

    await age(redis, 5_000);
    await store.start({ chatId: CHAT, userId: '42' });
    expect(await redis.pttl(`chat:${CHAT}:typing:42`)).toBeGreaterThan(5_000);

    await store.stop({ chatId: CHAT, userId: '42' });
    expect(await redis.exists(`chat:${CHAT}:typing:42`)).toBe(0);
  });

  it('a sign really lapses by the clock of Redis', async () => {
    const store = new RedisTypingStore(redis, 0.05);
    await store.start({ chatId: CHAT, userId: '42' });
    await expect.poll(() => store.takeExpired(), { timeout: 10_000 }).toEqual([{ chatId: CHAT, userId: '42' }]);
    expect(await redis.exists(`chat:${CHAT}:typing:42`)).toBe(0);
    expect(await store.list(CHAT)).toEqual([]);
  });

  it('chats that fell silent leave nothing behind', async () => {
    const store = new RedisTypingStore(redis, 10);
    await Promise.all(['1', '2', '3'].map((userId) => store.start({ chatId: CHAT, userId })));
    await age(redis, 11_000);
    await store.takeExpired();
    await age(redis, 10_000);
    expect(await redis.keys('*')).toEqual([]);
  });
});
