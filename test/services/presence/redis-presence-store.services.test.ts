import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { RedisPresenceStore } from '../../../src/presence/redis-presence.store.js';
import { age } from '../../support/presence/aged-redis.js';
import { describePresenceStore } from '../../support/presence/presence-store-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on Redis,', (services) => {
  let redis: Redis;
  let elsewhere: Redis;

  beforeAll(() => {
    redis = new Redis(services.redisUrl());
    elsewhere = new Redis(services.redisUrl());
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => Promise.all([redis.quit(), elsewhere.quit()]));

  describePresenceStore(() => ({
    store: new RedisPresenceStore(redis, 300),
    other: new RedisPresenceStore(elsewhere, 300),
    pass: (ms) => age(redis, ms),
  }));

  it('other services read the latest socket of a user, and find it gone within five minutes', async () => {
    const store = new RedisPresenceStore(redis, 300);
    await store.touch([{ userId: '42', socketIds: ['first'] }]);
    await age(redis, 1_000);
    await store.touch([{ userId: '42', socketIds: ['second'] }]);

    expect(await redis.get('user:42:online')).toBe('second');
    const ttl = await redis.ttl('user:42:online');
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(300);

    await store.remove([{ userId: '42', socketIds: ['second'] }]);
    expect(await redis.get('user:42:online')).toBe('first');
    await store.remove([{ userId: '42', socketIds: ['first'] }]);
    expect(await redis.exists('user:42:online')).toBe(0);
  });

  it('the latest socket stays the latest when another instance renews an older one', async () => {
    const [first, second] = [new RedisPresenceStore(redis, 300), new RedisPresenceStore(elsewhere, 300)];
    await first.touch([{ userId: '42', socketIds: ['older'] }]);
    await second.touch([{ userId: '42', socketIds: ['latest'] }]);
    await age(redis, 200_000);

    await first.touch([{ userId: '42', socketIds: ['older'] }], 'renewed');

    expect(await redis.get('user:42:online')).toBe('latest');
    expect(await redis.ttl('user:42:online')).toBeGreaterThan(200);
    await second.touch([{ userId: '42', socketIds: ['newest'] }], 'opened');
    expect(await redis.get('user:42:online')).toBe('newest');
  });

  it('a renewal brings back what a Redis that came back empty has lost', async () => {
    const store = new RedisPresenceStore(redis, 300);
    await store.touch([{ userId: '42', socketIds: ['first', 'second'] }]);
    await redis.flushdb();

    expect(await store.touch([{ userId: '42', socketIds: ['first', 'second'] }], 'renewed')).toEqual(['42']);

    expect(await redis.get('user:42:online')).toBe('second');
    expect(await redis.ttl('user:42:online')).toBeGreaterThan(290);
    expect(await redis.smembers('online:users')).toEqual(['42']);
  });

  it('other services read who is online from a set', async () => {
    const store = new RedisPresenceStore(redis, 300);
    await store.touch([
      { userId: '1', socketIds: ['a'] },
      { userId: '2', socketIds: ['b'] },
    ]);
    expect((await redis.smembers('online:users')).toSorted()).toEqual(['1', '2']);
    await store.remove([{ userId: '1', socketIds: ['a'] }]);
    expect(await redis.smembers('online:users')).toEqual(['2']);
  });

  it('a user really lapses by the clock of Redis', async () => {
    const store = new RedisPresenceStore(redis, 0.05);
    await store.touch([{ userId: '42', socketIds: ['a'] }]);
    await expect.poll(() => store.takeExpired(), { timeout: 10_000 }).toEqual(['42']);
    await expect.poll(() => redis.exists('user:42:online'), { timeout: 10_000 }).toBe(0);
  });

  it('leaves nothing behind when everybody has gone, in good order or not', async () => {
    const store = new RedisPresenceStore(redis, 300);
    await store.touch([
      { userId: '1', socketIds: ['a', 'b'] },
      { userId: '2', socketIds: ['c'] },
    ]);
    await store.remove([{ userId: '1', socketIds: ['a', 'b'] }]);
    await age(redis, 301_000);
    await store.takeExpired();
    expect(await redis.keys('*')).toEqual([]);
  });
});
