import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/rate-limit/rate-limiter.js';
import { RedisClients } from '../../../src/redis/redis-clients.js';
import { countPassed } from '../../support/rate-limit/count-passed.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';
import type { ServerProcess } from '../../support/services/server-process.js';

const MESSAGES = 50;
const FLOOD = { commands: 4 * MESSAGES, atOnce: true };

describeWithPrivateServers('the limit of a user while Redis is away', (servers) => {
  let server: ServerProcess;
  let redis: RedisClients;
  let limiter: RateLimiter;

  beforeAll(async () => {
    server = await servers.startRedis();
    redis = await RedisClients.connect({ url: server.url, channelPrefix: 'test' }, () => undefined);
    limiter = new RateLimiter({ windowSeconds: 3_600, messages: MESSAGES, commands: 200, searches: 30 }, redis);
  });
  afterAll(() => redis.close());

  it('is kept in memory: never open, and as high as ever', async () => {
    await server.kill();

    expect(await countPassed([limiter], 'message', randomUUID(), FLOOD)).toBe(MESSAGES);
    expect(await countPassed([limiter], 'message', randomUUID(), { ...FLOOD, atOnce: false })).toBe(MESSAGES);
  });

  it('is refused with the time to wait, as with Redis', async () => {
    const userId = randomUUID();
    await countPassed([limiter], 'message', userId, FLOOD);

    await expect(limiter.consume('message', userId, 'send message')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= 3_600_000),
    });
  });

  it('is shared again when Redis is back', async () => {
    await server.start();
    await expect.poll(() => redis.ready, { timeout: 20_000 }).toBe(true);
    const userId = randomUUID();
    await countPassed([limiter], 'message', userId, FLOOD);

    const elsewhere = new RateLimiter({ windowSeconds: 3_600, messages: MESSAGES, commands: 200, searches: 30 }, redis);
    await expect(elsewhere.consume('message', userId, 'send message')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is kept in memory also where Redis is there and answers nothing', async () => {
    // Every question to Redis takes its full time-out here: two points, two leases, one refusal.
    const small = new RateLimiter({ windowSeconds: 3_600, messages: 2, commands: 2, searches: 2 }, redis);
    server.pause();
    try {
      expect(await countPassed([small], 'message', randomUUID(), { commands: 6, atOnce: true })).toBe(2);
    } finally {
      server.resume();
    }
  });
});
