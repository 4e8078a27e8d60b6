import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatError } from '../../../src/contract/index.js';
import { UserRateLimiter } from '../../../src/rate-limit/user-rate-limiter.js';

const WINDOW_SECONDS = 10;

function store(points: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
}

/** Sends commands one after the other until one is refused; returns how many passed, and the refusal. */
async function exhaust(limiter: UserRateLimiter, userId: string): Promise<{ passed: number; refusal: ChatError }> {
  for (let passed = 0; passed < 10_000; passed++) {
    try {
      await limiter.consume(userId, 'send message');
    } catch (refusal) {
      return { passed, refusal: refusal as ChatError };
    }
  }
  throw new Error('there is no limit');
}

describe("the limit of a user's commands", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([1, 2, 3, 7, 10, 15, 50, 97, 200])('lets exactly %d pass in a window', async (points) => {
    expect((await exhaust(new UserRateLimiter(store(points)), '123')).passed).toBe(points);
  });

  it.each([1, 7, 50])('lets exactly %d pass when they come all at once', async (points) => {
    const limiter = new UserRateLimiter(store(points));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 3 * points }, async () => limiter.consume('123', 'send message')),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(points);
  });

  it('refuses with the time after which the next one passes', async () => {
    const limiter = new UserRateLimiter(store(10));
    const { refusal } = await exhaust(limiter, '123');

    expect(refusal.code).toBe('RATE_LIMITED');
    expect(refusal.message).toMatch(/^unable to send message; /);
    const { retryAfterMs } = refusal;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(WINDOW_SECONDS * 1_000);

    vi.advanceTimersByTime((retryAfterMs ?? 0) + 1);
    await expect(limiter.consume('123', 'send message')).resolves.toBeUndefined();
  });

  it('does not add up: a quiet window gives no more room in the next', async () => {
    const limiter = new UserRateLimiter(store(20));
    await limiter.consume('123', 'send message');
    vi.advanceTimersByTime(WINDOW_SECONDS * 1_000 + 1);

    expect((await exhaust(limiter, '123')).passed).toBe(20);
  });

  it('has room again for what was given back, in the window that it was taken in', async () => {
    const limiter = new UserRateLimiter(store(10));
    await exhaust(limiter, '123');
    limiter.giveBack('123', performance.now());
    limiter.giveBack('456', performance.now());
    expect((await exhaust(limiter, '123')).passed).toBe(1);
    expect((await exhaust(limiter, '456')).passed).toBe(10);
  });

  it('has no more room in a window for what was given back of one before', async () => {
    const limiter = new UserRateLimiter(store(10));
    await limiter.consume('123', 'send message');
    const takenAt = performance.now();
    vi.advanceTimersByTime(WINDOW_SECONDS * 1_000 + 1);
    limiter.giveBack('123', takenAt);
    await limiter.consume('123', 'send message');
    limiter.giveBack('123', takenAt);
    expect((await exhaust(limiter, '123')).passed).toBe(9);
  });

  it('keeps what is given back while more is asked for', async () => {
    const limiter = new UserRateLimiter(store(10));
    await limiter.consume('123', 'send message');
    const next = limiter.consume('123', 'send message');
    limiter.giveBack('123', performance.now());
    await next;
    expect((await exhaust(limiter, '123')).passed).toBe(9);
  });

  it('is each user’s own', async () => {
    const limiter = new UserRateLimiter(store(10));
    await exhaust(limiter, '123');

    expect((await exhaust(limiter, '456')).passed).toBe(10);
  });

  it('answers without waiting while points are at hand', async () => {
    const limiter = new UserRateLimiter(store(50));
    await limiter.consume('123', 'send message');

    expect(limiter.consume('123', 'send message')).toBeUndefined();
  });

  it('goes to the store once for a lease of points, and once for all who wait for it', async () => {
    const points = store(50);
    const consume = vi.spyOn(points, 'consume');
    const limiter = new UserRateLimiter(points);
    await Promise.all(Array.from({ length: 5 }, async () => limiter.consume('123', 'send message')));

    expect(consume.mock.calls).toEqual([['123', 5]]);
  });

  it('never lets more pass than the limit through two limiters on one store, and strands less than a lease', async () => {
    const shared = store(50);
    const [one, two] = [new UserRateLimiter(shared), new UserRateLimiter(shared)];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, async (_, index) => (index % 2 === 0 ? one : two).consume('123', 'send message')),
    );
    const passed = outcomes.filter(({ status }) => status === 'fulfilled').length;

    expect(passed).toBeLessThanOrEqual(50);
    expect(passed).toBeGreaterThan(50 - 5);
  });

  it('passes a failure of the store on as what it is, not as a refusal', async () => {
    const broken = store(10);
    vi.spyOn(broken, 'consume').mockRejectedValue(new Error('the store is broken'));
    const limiter = new UserRateLimiter(broken);

    await expect(limiter.consume('123', 'send message')).rejects.toThrow('the store is broken');
  });

  it('names at least one millisecond, also at the very end of a window', async () => {
    const ending = store(10);
    vi.spyOn(ending, 'consume').mockRejectedValue(new RateLimiterRes(0, 0, 11, false));

    await expect(new UserRateLimiter(ending).consume('123', 'send message')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 1,
    });
  });
});
