import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/auth/session.js';
import type { SessionCache } from '../../../src/auth/session-cache.js';

const MINUTE_MS = 60_000;

export function sessionOf(userId: string, expiresAt = Date.now() + 15 * MINUTE_MS): Session {
  return {
    userId,
    expiresAt,
    profile: { username: 'anna', firstName: 'Anna', lastName: null, avatarUrl: null, role: 'buyer' },
  };
}

/** What every session cache does, whatever it keeps the sessions in. */
export function describeSessionCache(open: () => SessionCache): void {
  describe('as a session cache', () => {
    let cache: SessionCache;
    /** One of its own for every test: the store may be shared. */
    let hash: string;

    beforeEach(() => {
      cache = open();
      hash = randomUUID();
    });

    it('gives back the session it was given, and nothing for another token', async () => {
      const session = sessionOf('123');
      await cache.set(hash, session, MINUTE_MS);

      expect(await cache.get(hash)).toEqual(session);
      expect(await cache.get(randomUUID())).toBeNull();
    });

    it('keeps the newer of two sessions of one token', async () => {
      await cache.set(hash, sessionOf('1'), MINUTE_MS);
      await cache.set(hash, sessionOf('2'), MINUTE_MS);

      expect((await cache.get(hash))?.userId).toBe('2');
    });

    it('forgets a session that is deleted', async () => {
      await cache.set(hash, sessionOf('123'), MINUTE_MS);
      await cache.delete(hash);

      expect(await cache.get(hash)).toBeNull();
      await expect(cache.delete(hash)).resolves.toBeUndefined();
    });

    it('forgets a session when its time is up, and no other with it', async () => {
      const lasting = randomUUID();
      await cache.set(lasting, sessionOf('2'), MINUTE_MS);
      await cache.set(hash, sessionOf('1'), 5);

      await expect.poll(() => cache.get(hash)).toBeNull();
      expect(await cache.get(lasting)).not.toBeNull();
    });

    it('takes a life that is no whole number of milliseconds', async () => {
      await cache.set(hash, sessionOf('1'), MINUTE_MS + 0.25);

      expect(await cache.get(hash)).not.toBeNull();
    });

    it.each([0, -1, -0.5])('keeps nothing for a life of %d ms', async (ttlMs) => {
      await cache.set(hash, sessionOf('1'), ttlMs);

      expect(await cache.get(hash)).toBeNull();
    });
  });
}
