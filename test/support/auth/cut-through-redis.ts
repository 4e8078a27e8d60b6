import type { Redis } from 'ioredis';

/** What docs/operations.md gives operators and other services to cut a user off with. */
export const CUT_SCRIPT =
  "local t = redis.call('TIME') return redis.call('ZADD', 'auth:cuts', t[1] * 1000 + (t[2] + 1) / 1000, ARGV[1])";

export async function cutThroughRedis(redis: Redis, userId: number): Promise<void> {
  await redis.eval(CUT_SCRIPT, 0, String(userId));
}
