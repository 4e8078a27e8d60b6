import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/auth/session.js';
import type { SessionCache } from '../../../src/auth/session-cache.js';

const MINUTE_MS = 60_000;

export function sessionOf(userId: string, { expiresAt = Date.now() + 15 * MINUTE_MS, asOf = 0 } = {}): Session {
  return {
    userId,
    expiresAt,
    asOf,
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

    const recall = async (tokenHash: string): Promise<Session | null> => (await cache.get(tokenHash)).session;

    it('gives back the session it was given, and nothing for another token', async () => {
      const session = sessionOf('123');
      await cache.set(hash, session, MINUTE_MS);

      expect(await recall(hash)).toEqual(session);
      expect(await recall(randomUUID())).toBeNull();
    });

    it('keeps the newer of two sessions of one token', async () => {
      await cache.set(hash, sessionOf('1'), MINUTE_MS);
      await cache.set(hash, sessionOf('2'), MINUTE_MS);

      expect((await recall(hash))?.userId).toBe('2');
    });

    it('forgets a session when its time is up, and no other with it', async () => {
      const lasting = randomUUID();
      await cache.set(lasting, sessionOf('2'), MINUTE_MS);
      await cache.set(hash, sessionOf('1'), 5);

      await expect.poll(() => recall(hash)).toBeNull();
      expect(await recall(lasting)).not.toBeNull();
    });

    it('takes a life that is no whole number of milliseconds', async () => {
      await cache.set(hash, sessionOf('1'), MINUTE_MS + 0.25);

      expect(await recall(hash)).not.toBeNull();
    });

    it.each([0, -1, -0.5])('keeps nothing for a life of %d ms', async (ttlMs) => {
      await cache.set(hash, sessionOf('1'), ttlMs);

      expect(await recall(hash)).toBeNull();
    });

    describe('when a user is cut off', () => {
      let userId: string;

      beforeEach(() => {
        userId = randomUUID();
      });

      /** As after a check that began now. */
      const checked = async (id = userId): Promise<Session> => sessionOf(id, { asOf: (await cache.get(hash)).asOf });

      it('gives none of his sessions any more, and those of others as before', async () => {
        const [other, ofOther] = [randomUUID(), randomUUID()];
        await cache.set(hash, await checked(), MINUTE_MS);
        await cache.set(other, await checked(), MINUTE_MS);
        await cache.set(ofOther, await checked(randomUUID()), MINUTE_MS);

        await cache.cut(userId);

        expect([await recall(hash), await recall(other)]).toEqual([null, null]);
        expect(await recall(ofOther)).not.toBeNull();
      });

      it('does not believe the answer to a check that was under way', async () => {
        const old = await checked();
        await cache.cut(userId);
        await cache.set(hash, old, MINUTE_MS);

        expect(await recall(hash)).toBeNull();
      });

      it('gives a session again that was checked since', async () => {
        await cache.cut(userId);
        const fresh = await checked();
        await cache.set(hash, fresh, MINUTE_MS);

        expect(await recall(hash)).toEqual(fresh);
      });

      it('tells of the cut, once for each user, by the place of the last', async () => {
        const before = (await cache.get(hash)).asOf;
        await cache.cut(userId);
        const other = randomUUID();
        const between = await cache.cut(other);
        const last = await cache.cut(userId);
        const { cuts } = await cache.cutsAfter(before);

        expect(before).toBeLessThan(between);
        expect(between).toBeLessThan(last);
        expect(cuts.filter((cut) => cut.userId === userId)).toEqual([{ userId, at: last }]);
        expect(cuts.filter((cut) => cut.userId === other)).toEqual([{ userId: other, at: between }]);
      });

      it('says up to where it has told of cuts: not before the last, and before the next', async () => {
        const last = await cache.cut(userId);
        // Positions tell what happens one after the other; Redis's clock only from one microsecond to the next.
        await expect.poll(async () => (await cache.cutsAfter(last)).asOf).toBeGreaterThanOrEqual(last);
        const { asOf } = await cache.cutsAfter(last);
        const next = await cache.cut(userId);

        expect(asOf).toBeLessThan(next);
      });
    });
  });
}
