import { beforeEach, describe, expect, it } from 'vitest';
import type { PresenceStore } from '../../../src/presence/presence.store.js';

export interface PresenceStoreUnderTest {
  /** Of one instance. */
  store: PresenceStore;
  /** Another instance's view of the same users; the same object where there is one instance only. */
  other: PresenceStore;
  /** Lets milliseconds pass for everything stored. */
  pass(ms: number): Promise<void>;
}

/** What every presence store does. @param open gives an empty store whose touches last 300 seconds */
export function describePresenceStore(open: () => PresenceStoreUnderTest): void {
  describe('a presence store', () => {
    let store: PresenceStore;
    let other: PresenceStore;
    let pass: PresenceStoreUnderTest['pass'];
    const sockets = (userId: string, ...socketIds: string[]) => [{ userId, socketIds }];

    beforeEach(() => {
      ({ store, other, pass } = open());
    });

    it('has a user online from his first socket to his last, and tells of both once', async () => {
      expect(await store.touch(sockets('1', 'tab a'))).toEqual(['1']);
      expect(await other.touch(sockets('1', 'tab b'))).toEqual([]);
      expect(await other.online(['1', '2'])).toEqual(new Set(['1']));

      expect(await store.remove(sockets('1', 'tab a'))).toEqual([]);
      expect(await store.online(['1'])).toEqual(new Set(['1']));
      expect(await other.remove(sockets('1', 'tab b'))).toEqual(['1']);
      expect(await store.online(['1'])).toEqual(new Set());
      expect(await store.touch(sockets('1', 'tab c'))).toEqual(['1']);
    });

    it('answers about the users asked for only, and about none', async () => {
      await store.touch([...sockets('1', 'a'), ...sockets('2', 'b'), ...sockets('3', 'c')]);
      expect(await store.online(['3', '1', '4', '1'])).toEqual(new Set(['3', '1']));
      expect(await store.online([])).toEqual(new Set());
    });

    it('takes many users at once, with several sockets each', async () => {
      const users = Array.from({ length: 450 }, (_, index) => ({
        userId: `user ${index}`,
        socketIds: [`${index} a`, `${index} b`],
      }));
      const ids = users.map(({ userId }) => userId);

      expect(await store.touch(users)).toEqual(ids);
      expect(await store.touch(users)).toEqual([]);
      expect(await store.online(ids)).toEqual(new Set(ids));
      expect(
        await store.remove(users.map(({ userId, socketIds }) => ({ userId, socketIds: socketIds.slice(0, 1) }))),
      ).toEqual([]);
      expect(await store.remove(users)).toEqual(ids);
    });

    it('is not misled by a socket that is removed twice, or was never there', async () => {
      expect(await store.remove(sockets('1', 'unknown'))).toEqual([]);
      await store.touch(sockets('1', 'a'));
      expect(await store.remove(sockets('1', 'unknown'))).toEqual([]);
      expect(await store.online(['1'])).toEqual(new Set(['1']));
      expect(await store.remove(sockets('1', 'a'))).toEqual(['1']);
      expect(await store.remove(sockets('1', 'a'))).toEqual([]);
    });

    it('tells one instance only that a user came or went, when all say so at the same time', async () => {
      const instances = [store, other, store, other];
      const came = await Promise.all(instances.map((each, index) => each.touch(sockets('1', `tab ${index}`))));
      expect(came.flat()).toEqual(['1']);

      const went = await Promise.all(instances.map((each, index) => each.remove(sockets('1', `tab ${index}`))));
      expect(went.flat()).toEqual(['1']);
      expect(await store.online(['1'])).toEqual(new Set());
    });

    it('keeps a user whose sockets are renewed', async () => {
      await store.touch(sockets('1', 'a'));
      for (let renewal = 0; renewal < 4; renewal += 1) {
        await pass(200_000);
        expect(await store.touch(sockets('1', 'a'), 'renewed')).toEqual([]);
        expect(await store.takeExpired()).toEqual([]);
      }
      expect(await store.online(['1'])).toEqual(new Set(['1']));
    });

    it('has a user whose time was up come online again when his living sockets are renewed, and tells of it once', async () => {
      await store.touch(sockets('1', 'a', 'b'));
      await pass(301_000);
      await store.takeExpired();

      expect(await store.touch(sockets('1', 'a', 'b'), 'renewed')).toEqual(['1']);
      expect(await other.touch(sockets('1', 'a', 'b'), 'renewed')).toEqual([]);
      expect(await store.online(['1'])).toEqual(new Set(['1']));
    });

    it('renews many users at once', async () => {
      const users = Array.from({ length: 120 }, (_, index) => ({ userId: `user ${index}`, socketIds: [`${index} a`] }));
      await store.touch(users);
      await pass(200_000);
      expect(await store.touch(users, 'renewed')).toEqual([]);
      await pass(200_000);
      expect(await store.takeExpired()).toEqual([]);
      expect((await store.online(users.map(({ userId }) => userId))).size).toBe(users.length);
    });

    it('takes out a user whose instance died, once, when the time of his last socket is up', async () => {
      await store.touch(sockets('1', 'a'));
      await pass(200_000);
      await other.touch(sockets('1', 'b'));
      await pass(200_000);
      expect(await store.takeExpired()).toEqual([]);
      await pass(101_000);

      expect(await store.takeExpired()).toEqual(['1']);
      expect(await other.takeExpired()).toEqual([]);
      expect(await store.online(['1'])).toEqual(new Set());
      expect(await store.remove(sockets('1', 'a', 'b'))).toEqual([]);
    });

    it('hands each lapsed user to one instance only, when all look at the same time', async () => {
      const ids = Array.from({ length: 60 }, (_, index) => `user ${index}`);
      await store.touch(ids.map((userId) => ({ userId, socketIds: ['tab'] })));
      await pass(301_000);

      const taken = await Promise.all([store, other, store, other].map((each) => each.takeExpired()));

      expect(taken.flat().toSorted()).toEqual(ids.toSorted());
    });

    it('lets a user go with his last living socket, though one of a dead instance was never removed', async () => {
      await other.touch(sockets('1', 'of the dead instance'));
      await pass(200_000);
      await store.touch(sockets('1', 'alive'));
      await pass(101_000);

      expect(await store.remove(sockets('1', 'alive'))).toEqual(['1']);
      expect(await store.takeExpired()).toEqual([]);
    });

    it('has a user come online anew after he lapsed', async () => {
      await store.touch(sockets('1', 'a'));
      await pass(301_000);
      await store.takeExpired();
      expect(await other.touch(sockets('1', 'a'))).toEqual(['1']);
    });
  });
}
