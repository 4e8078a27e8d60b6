import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { connectPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { type ServerSockets, socketIdOf, watchServerSockets } from '../chats/server-sockets.js';

/** What users see of the presence of others, on any stores. */
export function describePresence(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('presence', () => {
    let chat: TestChat;
    let server: ServerSockets;

    beforeAll(async () => {
      server = watchServerSockets();
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    /** The comings and goings of a user that a client was told of, from a place in its log on. */
    const transitions = (client: TestClient, userId: number, since = 0): string[] =>
      client.log
        .slice(since)
        .filter(({ event }) => event === 'user:online' || event === 'user:offline')
        .filter(({ payload }) => (payload as { userId: unknown }).userId === userId)
        .map(({ event }) => event);

    /** A user who watches, and his contact, who has just gone offline. */
    async function watchedContact() {
      const { buyer: watcher, seller, sellerId: userId, chatId } = await connectPair(chat);
      // Who is gone before the store has heard of him was never online.
      await expect
        .poll(async () => (await watcher.get('users:online', {})).userIds, { timeout: 10_000 })
        .toEqual([userId]);
      seller.close();
      await watcher.event('user:offline', (event) => event.userId === userId);
      const since = watcher.log.length;
      return {
        watcher,
        userId,
        chatId,
        seen: () => transitions(watcher, userId, since),
        sees: (...expected: string[]) =>
          expect.poll(() => transitions(watcher, userId, since), { timeout: 10_000 }).toEqual(expected),
      };
    }

    it('tells who shares a chat with a user that he came and went', async () => {
      const { watcher, userId, sees } = await watchedContact();

      const returned = await chat.connect(userId);
      await sees('user:online');
      returned.close();
      await sees('user:online', 'user:offline');

      expect(watcher.received('user:online').at(-1)).toEqual({ userId });
      expect(watcher.received('user:offline').at(-1)).toEqual({
        userId,
        lastSeenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      });
    });

    it('tells nobody else, and not the user himself', async () => {
      const { userId, sees } = await watchedContact();
      const stranger = await chat.connect(newUserId());

      const returned = await chat.connect(userId);
      await sees('user:online');
      await returned.barrier();
      returned.close();
      await sees('user:online', 'user:offline');

      await stranger.barrier();
      expect(transitions(stranger, userId)).toEqual([]);
      expect(transitions(returned, userId)).toEqual([]);
    });

    it('of a user with two tabs ends with the second', async () => {
      const { watcher, userId, seen, sees } = await watchedContact();
      const [first, second] = [await chat.connect(userId), await chat.connect(userId)];
      await sees('user:online');
      const firstId = socketIdOf(first);

      first.close();
      await server.gone(firstId);
      // Comings and goings are announced in their order: what the first tab's end led to lies before this one's.
      await watchedContact();
      await watcher.barrier();
      expect(seen()).toEqual(['user:online']);
      expect((await watcher.get('users:online', { userIds: [userId] })).userIds).toEqual([userId]);

      second.close();
      await sees('user:online', 'user:offline');
      expect((await watcher.get('users:online', { userIds: [userId] })).userIds).toEqual([]);
    });

    it('shows in the list of members of a chat', async () => {
      const { watcher, userId, chatId, sees } = await watchedContact();
      const onlineMembers = async () =>
        (await watcher.get('chat:join', { chatId })).members
          .filter(({ online }) => online)
          .map((member) => member.userId);

      expect(await onlineMembers()).not.toContain(userId);
      await chat.connect(userId);
      await sees('user:online');
      expect(await onlineMembers()).toContain(userId);
    });

    it('survives a storm of reconnections in the end state', async () => {
      const { watcher, userId, seen } = await watchedContact();

      const tabs = await Promise.all(Array.from({ length: 15 }, () => chat.connect(userId)));
      const ids = tabs.map(socketIdOf);
      for (const tab of tabs) {
        tab.close();
      }
      await Promise.all(ids.map((id) => server.gone(id)));
      await expect
        .poll(async () => (await watcher.get('users:online', { userIds: [userId] })).userIds, { timeout: 10_000 })
        .toEqual([]);

      // The user is offline in the store before it is told.
      await expect.poll(() => seen().at(-1), { timeout: 10_000 }).toBe('user:offline');
      // They alternate: nobody goes twice without having come in between.
      expect(seen().every((event, index, all) => event !== all[index - 1])).toBe(true);
    });
  });

  describe('asking who is online', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    /** A user with one contact who is online, one who is not, and a stranger who is online. */
    async function acquainted() {
      const { buyer, buyerId, seller, sellerId } = await connectPair(chat);
      const absentId = newUserId();
      await buyer.get('chat:create', { buyerId, sellerId: absentId });
      const strangerId = newUserId();
      await chat.connect(strangerId);
      await expect
        .poll(async () => (await buyer.get('users:online', {})).userIds, { timeout: 10_000 })
        .toEqual([sellerId]);
      return { buyer, buyerId, seller, sellerId, absentId, strangerId };
    }

    it('is answered with the contacts who are', async () => {
      const { buyer, buyerId, seller, sellerId } = await acquainted();
      expect(await buyer.get('users:online', undefined)).toEqual({ userIds: [sellerId] });
      expect(await buyer.get('users:online', null)).toEqual({ userIds: [sellerId] });
      expect(await seller.get('users:online', {})).toEqual({ userIds: [buyerId] });
    });

    it('without a callback is answered with an event, as old clients expect', async () => {
      const { buyer, sellerId } = await acquainted();
      buyer.tell('users:online');
      expect(await buyer.event('users:online')).toEqual({ userIds: [sellerId] });
      await buyer.barrier();
      expect(buyer.received('users:online')).toHaveLength(1);
    });

    it('about some is answered about those, strangers never being online', async () => {
      const { buyer, buyerId, sellerId, absentId, strangerId } = await acquainted();
      const ask = async (...userIds: (number | string)[]) => (await buyer.get('users:online', { userIds })).userIds;

      expect(await ask(sellerId, absentId, strangerId, 'nobody')).toEqual([sellerId]);
      expect(await ask(String(sellerId), sellerId)).toEqual([sellerId]);
      expect(await ask(strangerId)).toEqual([]);
      expect(await ask(buyerId)).toEqual([]);
      expect(await ask()).toEqual([]);
    });

    it('is answered with nobody for who has no chats', async () => {
      const loner = await chat.connect(newUserId());
      expect(await loner.get('users:online', {})).toEqual({ userIds: [] });
    });
  });
}
