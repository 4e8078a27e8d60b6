import type { Redis } from 'ioredis';

const MILLISECOND_TIME = /^1\d{12}$/;

/**
 * Lets time pass for what a Redis holds, without waiting for it: every stored moment and every TTL moves back. The
 * clock of Redis itself cannot be moved. Stores keep moments as milliseconds, in scores of sorted sets and in strings.
 */
export async function age(redis: Redis, ms: number): Promise<void> {
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    if (type === 'zset') {
      for (const member of await redis.zrange(key, '0', '-1')) {
        await redis.zincrby(key, -ms, member);
      }
    }
    const value = type === 'string' ? await redis.get(key) : null;
    if (value !== null && MILLISECOND_TIME.test(value)) {
      await redis.set(key, String(Number(value) - ms), 'KEEPTTL');
    }
    const ttl = await redis.pttl(key);
    if (ttl >= 0) {
      // A TTL of nothing or less removes the key, as time would have.
      await redis.pexpire(key, ttl - ms);
    }
  }
}
