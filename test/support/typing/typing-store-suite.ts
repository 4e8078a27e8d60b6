import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TypingStore } from '../../../src/typing/typing.store.js';

export interface TypingStoreUnderTest {
  /** Of one instance; a twin that is shared gives as many as wanted, all over the same signs. */
  store: TypingStore;
  /** Another instance's view of the same signs; the same object where there is one instance only. */
  other: TypingStore;
  /** Lets milliseconds pass for everything stored. */
  pass(ms: number): Promise<void>;
}

/** What every typing store does. @param open gives a store whose signs last 10 seconds */
export function describeTypingStore(open: () => TypingStoreUnderTest): void {
  describe('a typing store', () => {
    let store: TypingStore;
    let other: TypingStore;
    let pass: TypingStoreUnderTest['pass'];
    let chatId: string;
    const sign = (userId: string, chat = chatId) => ({ chatId: chat, userId });

    beforeEach(() => {
      ({ store, other, pass } = open());
      chatId = randomUUID();
    });

    it('lists who types in a chat, on every instance, and nobody of another chat', async () => {
      await store.start(sign('1'));
      await store.start(sign('2'));
      await store.start(sign('3', randomUUID()));

      expect((await other.list(chatId)).toSorted()).toEqual(['1', '2']);
      expect(await other.list(randomUUID())).toEqual([]);
    });

    it('announces a new sign, and not each renewal', async () => {
      expect(await store.start(sign('1'))).toBe(true);
      expect(await store.start(sign('1'))).toBe(false);
      expect(await other.start(sign('1'))).toBe(false);
      expect(await store.start(sign('2'))).toBe(true);
    });

    it('announces again when half its life has passed, before any receiver sees it lapse', async () => {
      await store.start(sign('1'));
      await pass(4_000);
      expect(await store.start(sign('1'))).toBe(false);
      await pass(2_000);
      expect(await store.start(sign('1'))).toBe(true);
      await pass(4_000);
      expect(await store.start(sign('1'))).toBe(false);
    });

    it('keeps a sign as long as it is renewed', async () => {
      for (let renewal = 0; renewal < 5; renewal += 1) {
        await store.start(sign('1'));
        await pass(8_000);
      }
      expect(await store.list(chatId)).toEqual(['1']);
      expect(await store.takeExpired()).toEqual([]);
    });

    it('lets a sign lapse that is not renewed, and hands it out once', async () => {
      await store.start(sign('1'));
      await pass(9_000);
      expect(await store.takeExpired()).toEqual([]);
      await pass(2_000);

      expect(await store.list(chatId)).toEqual([]);
      expect(await store.takeExpired()).toEqual([sign('1')]);
      expect(await other.takeExpired()).toEqual([]);
      expect(await store.stop(sign('1'))).toBe(false);
    });

    it('hands each lapsed sign to one instance only, when both look at the same time', async () => {
      const users = Array.from({ length: 50 }, (_, index) => `user:${index}`);
      await Promise.all(users.map((userId) => store.start(sign(userId))));
      await pass(11_000);

      const taken = (await Promise.all([store, other, store, other].map((each) => each.takeExpired()))).flat();

      expect(taken.map(({ userId }) => userId).toSorted()).toEqual(users.toSorted());
      expect(new Set(taken.map((each) => each.chatId))).toEqual(new Set([chatId]));
    });

    it('takes a sign back once', async () => {
      await store.start(sign('1'));
      expect(await other.stop(sign('1'))).toBe(true);
      expect(await store.stop(sign('1'))).toBe(false);
      expect(await store.list(chatId)).toEqual([]);
      await pass(11_000);
      expect(await store.takeExpired()).toEqual([]);
    });

    it('tells of a stop once, however many come at the same time', async () => {
      await store.start(sign('1'));
      const stops = await Promise.all([store, other, store, other].map((each) => each.stop(sign('1'))));
      expect(stops.filter(Boolean)).toHaveLength(1);
    });

    it('announces a start once, however many come at the same time', async () => {
      const starts = await Promise.all([store, other, store, other].map((each) => each.start(sign('1'))));
      expect(starts.filter(Boolean)).toHaveLength(1);
    });

    it('tells of the end of a sign once, when it lapses and is taken back at the same time', async () => {
      await store.start(sign('1'));
      await pass(11_000);
      const [stopped, taken] = await Promise.all([store.stop(sign('1')), other.takeExpired()]);
      expect(Number(stopped) + taken.length).toBe(1);
    });

    it('announces anew after a lapse and after a stop', async () => {
      await store.start(sign('1'));
      await pass(11_000);
      expect(await store.start(sign('1'))).toBe(true);
      expect(await store.takeExpired()).toEqual([]);
      await store.stop(sign('1'));
      expect(await store.start(sign('1'))).toBe(true);
    });
  });
}
