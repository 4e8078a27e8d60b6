import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisSessionCache } from '../../../src/auth/redis-session-cache.js';
import { SessionCuts } from '../../../src/auth/session-cuts.js';
import { describeSessionCache, sessionOf } from '../../support/auth/session-cache-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('the session cache in Redis', (services) => {
  let redis: Redis;
  let cache: RedisSessionCache;
  let elsewhere: Redis;

  const cutFromElsewhere = (...userIds: string[]): Promise<unknown> =>
    Promise.all(userIds.map((userId) => new RedisSessionCache(elsewhere).cut(userId)));

  beforeAll(() => {
    redis = new Redis(services.redisUrl());
    elsewhere = new Redis(services.redisUrl());
    cache = new RedisSessionCache(redis);
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => {
    redis.disconnect();
    elsewhere.disconnect();
  });

  describeSessionCache(() => cache);

  it('leaves the end of a session to Redis', async () => {
    await cache.set('hash', sessionOf('123'), 600_000);

    expect(await redis.pttl('auth:token:hash')).toSatisfy((ms: number) => ms > 0 && ms <= 600_000);
  });

  it.each([
    ['no JSON', '{"userId":'],
    ['empty', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['of another version, with the id under another name', '{"id":"123","expiresAt":1}'],
    ['without an id', '{"expiresAt":4102444800000,"profile":{}}'],
    ['of an older version, without the place of its check', JSON.stringify({ ...sessionOf('1'), asOf: undefined })],
    ['with an id that is no text', JSON.stringify({ ...sessionOf('1'), userId: 1 })],
    ['with an exp that is no number', JSON.stringify({ ...sessionOf('1'), expiresAt: 'never' })],
  ])('takes an entry for absent that is %s', async (_case, entry) => {
    await redis.set('auth:token:hash', entry);

    expect((await cache.get('hash')).session).toBeNull();
  });

  it('takes an entry for absent that is not even text, by failing: the caller asks the marketplace', async () => {
    await redis.lpush('auth:token:hash', 'somebody else’s');

    await expect(cache.get('hash')).rejects.toThrow('WRONGTYPE');
  });

  it('hears of a cut that another service wrote, also one dated by a clock that lags behind', async () => {
    const { asOf } = await cache.get('hash');
    await redis.zadd('auth:cuts', Math.floor(asOf) - 30_000, 'late');

    expect((await cache.cutsAfter(asOf)).cuts).toEqual([{ userId: 'late', at: Math.floor(asOf) - 30_000 }]);
  });

  it('reads any number of cuts', async () => {
    const { asOf } = await cache.get('hash');
    const users = Array.from({ length: 2_500 }, (_, index) => [String(asOf + 1), `user-${index}`]).flat();
    await redis.zadd('auth:cuts', ...users);

    expect((await cache.cutsAfter(asOf)).cuts).toHaveLength(2_500);
  });

  it('overlooks no cut because others are made between two pages', async () => {
    const { asOf } = await cache.get('hash');
    const users = Array.from({ length: 1_500 }, (_, index) => [String(asOf - 1_500 + index), `user-${index}`]).flat();
    await redis.zadd('auth:cuts', ...users);
    // Redis must know the script by now: its text would be a second command.
    await cache.cutsAfter(asOf);
    const send = redis.sendCommand.bind(redis);
    const sending = vi.spyOn(redis, 'sendCommand').mockImplementationOnce(async (command) => {
      const page = await send(command);
      await cutFromElsewhere('user-0', 'user-700', 'user-1400');
      return page;
    });

    const read = await cache.cutsAfter(asOf);
    sending.mockRestore();

    const told = new Set(read.cuts.map(({ userId }) => userId));
    expect(users.filter((user) => user.startsWith('user-') && !told.has(user))).toEqual(['user-0']);
    // Who moved from the unread to the read is left to the next reading.
    expect(Number(await redis.zscore('auth:cuts', 'user-0'))).toBeGreaterThan(read.asOf);
  });

  it('lets a cut that another service dated ahead hide none of those that follow, also in an outage', async () => {
    const [here, there] = [new SessionCuts(cache), new SessionCuts(cache)];
    const heard: string[] = [];
    there.onCut(({ userId }) => heard.push(userId));
    const { asOf } = await cache.get('hash');
    await redis.zadd('auth:cuts', String(asOf + 600_000), 'ahead');
    await there.look();
    const inOutage = there.seen;

    await here.cut('afterwards');
    await there.look();

    expect(heard).toEqual(['ahead', 'afterwards']);
    expect(there.covers(sessionOf('afterwards', { asOf: inOutage }))).toBe(true);
  });

  it('forgets a cut when no session can be older any more, and never moves one back', async () => {
    const { asOf } = await cache.get('hash');
    await redis.zadd('auth:cuts', String(asOf - 26 * 3_600_000), 'long ago', String(asOf + 3_600_000), 'ahead of time');
    await cache.cut('ahead of time');
    await cache.cutsAfter(asOf);

    expect(await redis.zrange('auth:cuts', '0', '-1')).toEqual(['ahead of time']);
    expect(Number(await redis.zscore('auth:cuts', 'ahead of time'))).toBe(asOf + 3_600_000);
  });

  describe('behind the service', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await TestChat.start({
        env: {
          ...(await serviceEnvironment(services)),
        },
      });
    });
    afterAll(() => chat.stop());

    async function connectWith(token: string): Promise<void> {
      const client = chat.dial({ token });
      await client.event('connection:success');
      client.close();
    }

    const cachedKeys = (): Promise<string[]> => redis.keys('auth:token:*');

    it.each([
      ['ten minutes for a token that lives longer', 3_600, 600_000],
      ['the rest of the life of a token that ends sooner', 42, 42_000],
    ])('keeps a session %s', async (_case, expiresInSeconds, longestMs) => {
      await connectWith(chat.marketplace.token({ expiresInSeconds }));

      const [key = ''] = await cachedKeys();
      // Far from an exact time: the machine may be slow, but not slower than half of it.
      expect(await redis.pttl(key)).toSatisfy((ms: number) => ms > longestMs / 2 && ms <= longestMs);
    });

    it('spares the marketplace the second question', async () => {
      const token = chat.marketplace.token();
      await connectWith(token);
      await connectWith(token);

      expect(chat.marketplace.calls(token)).toBe(1);
    });

    it('asks the marketplace again, and mends the entry, where that makes no sense', async () => {
      const token = chat.marketplace.token();
      await connectWith(token);
      const [key = ''] = await cachedKeys();
      const good: unknown = JSON.parse((await redis.get(key)) ?? '');
      for (const spoil of [() => redis.set(key, '{"userId":'), () => redis.del(key)]) {
        await spoil();
        await connectWith(token);
        expect(JSON.parse((await redis.get(key)) ?? '')).toEqual({ ...(good as object), asOf: expect.any(Number) });
      }

      expect(chat.marketplace.calls(token)).toBe(3);
    });

    it('keeps no failure', async () => {
      chat.marketplace.authMe = 401;
      await chat.dial({ token: chat.marketplace.token() }).disconnected();
      chat.marketplace.authMe = 500;
      await chat.dial({ token: chat.marketplace.token() }).disconnected();
      chat.marketplace.authMe = 'user';

      expect(await cachedKeys()).toEqual([]);
    });

    it('puts no token and no part of one into any key or value', async () => {
      const token = chat.marketplace.token({ userId: 123 });
      const client = chat.dial({ token });
      await client.event('connection:success');
      await client.get('auth:refresh-token', { token: chat.marketplace.token({ userId: 123 }) });
      const { id: chatId } = await client.get('chat:create', { buyerId: 123, sellerId: 456 });
      await client.get('typing:start', { chatId });

      const keys = await redis.keys('*');
      expect(keys.filter((key) => key.startsWith('auth:token:'))).toHaveLength(2);
      const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
      const everything = [...keys, ...values.map((value) => value?.toString('latin1'))].join('\n');
      for (const part of token.split('.')) {
        expect(everything).not.toContain(part);
      }
    });
  });
});
