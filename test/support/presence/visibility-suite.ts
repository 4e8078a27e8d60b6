import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { connectPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { RestClient } from '../rest/rest-client.js';

/** What contacts learn of a user through `user:status`, and of one who is invisible, on any stores. */
export function describeVisibility(start: (env: Record<string, string>) => Promise<TestChat>): void {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await start(UNLIMITED);
  });
  afterAll(() => chat.stop());

  /** The comings and goings of a user that a client was told of. */
  const transitions = (client: TestClient, userId: number): string[] =>
    client.log
      .filter(({ event }) => event === 'user:online' || event === 'user:offline')
      .filter(({ payload }) => (payload as { userId: unknown }).userId === userId)
      .map(({ event }) => event);

  /** A user who is online, and a contact who watches him and sees it. */
  async function watchedUser() {
    const { buyer: watcher, buyerId: watcherId, seller: user, sellerId: userId, chatId } = await connectPair(chat);
    await expect
      .poll(async () => (await watcher.get('users:online', {})).userIds, { timeout: 10_000 })
      .toEqual([userId]);
    return { watcher, watcherId, user, userId, chatId };
  }

  /** All the ways in which the watcher can see whether a user is online. */
  async function seenOnline({ watcher, userId, chatId }: Awaited<ReturnType<typeof watchedUser>>): Promise<boolean> {
    const signs = [
      (await watcher.get('users:online', {})).userIds.includes(userId),
      (await watcher.get('users:online', { userIds: [userId] })).userIds.includes(userId),
      (await watcher.get('user:status', { userId })).online,
      (await watcher.get('chat:join', { chatId })).members.find((member) => member.userId === userId)?.online,
      (await watcher.get('chat:list', {})).chats.find((row) => row.chat.id === chatId)?.peer?.online,
    ];
    expect(new Set(signs).size, `the signs contradict each other: ${signs.join()}`).toBe(1);
    return signs[0] === true;
  }

  /**
   * Another contact of the watcher, connected to the same instance, comes and goes: whatever was to be announced before
   * has been by then.
   */
  async function announcementsAreOut({ watcher, watcherId }: Awaited<ReturnType<typeof watchedUser>>): Promise<void> {
    const friendId = newUserId();
    const friend = await chat.connect(friendId);
    await watcher.get('chat:create', { buyerId: watcherId, sellerId: friendId });
    friend.close();
    await watcher.event('user:offline', (event) => event.userId === friendId);
  }

  describe('asking for the status of a user', () => {
    it('tells a contact that he is online, and when he has gone, since when, also much later', async () => {
      const { watcher, user, userId } = await watchedUser();
      expect(await watcher.get('user:status', { userId })).toEqual({ userId, online: true, lastSeenAt: null });

      user.close();
      const { lastSeenAt } = await watcher.event('user:offline', (event) => event.userId === userId);

      expect(await watcher.get('user:status', { userId: String(userId) })).toEqual({
        userId,
        online: false,
        lastSeenAt,
      });
      const again = await chat.connect(userId);
      await watcher.event('user:online', (event) => event.userId === userId);
      expect(await watcher.get('user:status', { userId })).toEqual({ userId, online: true, lastSeenAt: null });
      again.close();
      await expect
        .poll(async () => (await watcher.get('user:status', { userId })).lastSeenAt, { timeout: 10_000 })
        .not.toBeNull();
      const later = (await watcher.get('user:status', { userId })).lastSeenAt ?? '';
      expect(later >= lastSeenAt).toBe(true);
    });

    it('answers alike for a stranger, online or gone, and for a user nobody knows', async () => {
      const { user, userId, watcher } = await watchedUser();
      const stranger = await chat.connect(newUserId());
      const unknown = { online: false, lastSeenAt: null };

      expect(await stranger.get('user:status', { userId: 'nobody at all' })).toEqual({
        userId: 'nobody at all',
        ...unknown,
      });
      expect(await stranger.get('user:status', { userId })).toEqual({ userId, ...unknown });
      user.close();
      await watcher.event('user:offline', (event) => event.userId === userId);
      expect(await stranger.get('user:status', { userId })).toEqual({ userId, ...unknown });
    });

    it('answers for oneself with what contacts see', async () => {
      const { user, userId } = await watchedUser();
      expect((await user.get('user:status', { userId })).online).toBe(true);
      await user.get('status:update', { status: 'invisible' });
      expect((await user.get('user:status', { userId })).online).toBe(false);
    });
  });

  describe('an invisible user', () => {
    it('is offline in the eyes of contacts from that moment on, and online again when he wishes', async () => {
      const watched = await watchedUser();
      const { watcher, user, userId } = watched;

      expect(await user.get('status:update', { status: 'invisible' })).toEqual({ status: 'invisible' });
      expect(await seenOnline(watched)).toBe(false);
      await watcher.event('user:offline', (event) => event.userId === userId);

      expect(await user.get('status:update', { status: 'online' })).toEqual({ status: 'online' });
      expect(await seenOnline(watched)).toBe(true);
      await expect.poll(() => transitions(watcher, userId).slice(-2)).toEqual(['user:offline', 'user:online']);
    });

    it('comes, goes and comes back unseen, and was last seen when he vanished', async () => {
      const watched = await watchedUser();
      const { watcher, user, userId } = watched;
      await user.get('status:update', { status: 'invisible' });
      const { lastSeenAt } = await watcher.event('user:offline', (event) => event.userId === userId);
      const before = transitions(watcher, userId);

      user.close();
      await announcementsAreOut(watched);
      const again = await chat.connect(userId);
      await announcementsAreOut(watched);
      expect(await seenOnline(watched)).toBe(false);
      again.close();
      await announcementsAreOut(watched);

      expect(transitions(watcher, userId)).toEqual(before);
      expect(await watcher.get('user:status', { userId })).toEqual({ userId, online: false, lastSeenAt });
    });

    it('with two tabs stays so in both, whichever closes, and shows in both when one says so', async () => {
      const watched = await watchedUser();
      const { watcher, user: first, userId } = watched;
      const second = await chat.connect(userId);
      await first.get('status:update', { status: 'invisible' });
      expect(await second.event('status:updated')).toEqual({ status: 'invisible' });

      first.close();
      await announcementsAreOut(watched);
      expect(await seenOnline(watched)).toBe(false);
      const before = transitions(watcher, userId);

      await second.get('status:update', { status: 'online' });
      await expect.poll(() => transitions(watcher, userId)).toEqual([...before, 'user:online']);
      expect(await seenOnline(watched)).toBe(true);
      second.close();
      await expect.poll(() => transitions(watcher, userId).at(-1), { timeout: 10_000 }).toBe('user:offline');
    });

    it('becomes so over HTTP as well, and is asked for so', async () => {
      const { watcher, watcherId, user, userId } = await watchedUser();
      const [watching, hiding] = [RestClient.of(chat, watcherId), RestClient.of(chat, userId)];
      const status = () => watching.get('GET /users/:userId/status', { userId });
      expect(await status()).toEqual({ userId, online: true, lastSeenAt: null });

      expect(await hiding.get('PUT /status', { status: 'invisible' })).toEqual({ status: 'invisible' });

      const { lastSeenAt } = await watcher.event('user:offline', (event) => event.userId === userId);
      expect(await user.event('status:updated')).toEqual({ status: 'invisible' });
      expect(await status()).toEqual({ userId, online: false, lastSeenAt });
      expect(await watching.get('GET /users/online', {})).toEqual({ userIds: [] });
    });

    it('works like any other user otherwise: he hears, writes, and sees who is online', async () => {
      const { watcher, watcherId, user, userId, chatId } = await watchedUser();
      await user.get('status:update', { status: 'invisible' });

      const { id } = await watcher.get('message:send', { chatId, text: 'are you there?' });
      await user.event('message:notification', ({ message }) => message.id === id);
      await watcher.get('chat:join', { chatId });
      await user.get('message:send', { chatId, text: 'no' });
      expect(await watcher.event('message:new', ({ senderId }) => senderId === userId)).toMatchObject({ text: 'no' });
      expect((await user.get('users:online', {})).userIds).toEqual([watcherId]);
    });

    it('who says so twice is told to his devices and contacts once', async () => {
      const watched = await watchedUser();
      const { watcher, user, userId } = watched;

      await Promise.all(Array.from({ length: 10 }, () => user.get('status:update', { status: 'invisible' })));
      await announcementsAreOut(watched);
      await user.barrier();

      expect(user.received('status:updated')).toEqual([{ status: 'invisible' }]);
      expect(transitions(watcher, userId).filter((event) => event === 'user:offline')).toHaveLength(1);
    });

    it.each(['away', '', null, 1, true])('is not made by the status %j', async (status) => {
      const { user } = await watchedUser();
      expectRefusal(await user.failure('status:update', { status }), 'VALIDATION_FAILED');
    });
  });
}
