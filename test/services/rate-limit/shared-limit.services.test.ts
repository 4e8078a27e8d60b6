import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/rate-limit/rate-limiter.js';
import { RedisClients } from '../../../src/redis/redis-clients.js';
import { countPassed } from '../../support/rate-limit/count-passed.js';
import { describeWithServices } from '../../support/services/test-services.js';

const MESSAGES = 50;
const LEASE = 5;

describeWithServices('the limit of a user over several instances', (services) => {
  const instances: RedisClients[] = [];

  beforeAll(async () => {
    for (let index = 0; index < 3; index++) {
      const config = { url: services.redisUrl(), channelPrefix: services.channelPrefix() };
      instances.push(
        await RedisClients.connect(config, (error) => {
          throw error;
        }),
      );
    }
  });
  afterAll(() => Promise.all(instances.map((redis) => redis.close())));

  /** One limiter for each instance; an hour for a window, so that none ends within a test. */
  function limiters(): RateLimiter[] {
    const limits = { windowSeconds: 3_600, messages: MESSAGES, commands: 200, searches: 30 };
    return instances.map((redis) => new RateLimiter(limits, redis));
  }

  describe.each([
    ['at once', true],
    ['one after the other', false],
  ])('when commands come %s', (_case, atOnce) => {
    it('is never exceeded, and meets a user early by less than a lease for each further instance', async () => {
      const passed = await countPassed(limiters(), 'message', randomUUID(), { commands: 4 * MESSAGES, atOnce });

      expect(passed).toBeLessThanOrEqual(MESSAGES);
      expect(passed).toBeGreaterThan(MESSAGES - LEASE * (instances.length - 1));
    });

    it('is exact where one instance has them all', async () => {
      const [only] = limiters();
      const options = { commands: 4 * MESSAGES, atOnce };

      expect(await countPassed([only as RateLimiter], 'message', randomUUID(), options)).toBe(MESSAGES);
    });
  });

  it('holds on another instance once it is reached on one', async () => {
    const [one, two] = limiters() as [RateLimiter, RateLimiter];
    const userId = randomUUID();
    await countPassed([one], 'message', userId, { commands: MESSAGES, atOnce: true });

    await expect(two.consume('message', userId, 'send message')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= 3_600_000),
    });
  });

  it('is one for messages and another for all other commands', async () => {
    const [one, two] = limiters() as [RateLimiter, RateLimiter];
    const userId = randomUUID();
    await countPassed([one], 'message', userId, { commands: MESSAGES, atOnce: true });

    await expect(two.consume('command', userId, 'join chat')).resolves.toBeUndefined();
  });
});
