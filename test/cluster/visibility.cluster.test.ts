import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { RedisPresenceStore } from '../../src/presence/redis-presence.store.js';
import { TestChat } from '../support/chat/test-chat.js';
import type { TestClient } from '../support/chat/test-client.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('being invisible over two instances', (services) => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      // Short, so that heartbeats, which could bring an invisible user back, come soon.
      env: {
        ...(await serviceEnvironment(services)),
        PRESENCE_TTL_SECONDS: '3',
      },
    });
  });
  afterAll(() => chat.stop());

  /** A user with a tab on each instance, and a contact on either who sees him online. */
  async function watched(userId: number, contactIds: readonly [number, number]) {
    const tabs = [await chat.connect(userId), await chat.connect(userId, { instance: 1 })] as const;
    const watchers: TestClient[] = [];
    for (const [instance, contactId] of contactIds.entries()) {
      await tabs[0].get('chat:create', { buyerId: userId, sellerId: contactId });
      const watcher = await chat.connect(contactId, { instance });
      await expect.poll(async () => (await watcher.get('users:online', {})).userIds).toEqual([userId]);
      watchers.push(watcher);
    }
    return { tabs, watchers };
  }

  /** A contact of the watcher who comes and goes on an instance after what was to be announced there before. */
  async function goesOffline(watcher: TestClient, watcherId: number, userId: number, instance: number): Promise<void> {
    const other = await chat.connect(userId, { instance });
    await other.get('chat:create', { buyerId: userId, sellerId: watcherId });
    other.close();
    await watcher.event('user:offline', (event) => event.userId === userId);
  }

  const online = async (watcher: TestClient, userId: number) => [
    (await watcher.get('users:online', {})).userIds.includes(userId),
    (await watcher.get('user:status', { userId })).online,
  ];

  it('holds on all of them, through reconnects, and ends on all of them', async () => {
    const { tabs, watchers } = await watched(11, [12, 13]);

    await tabs[0].get('status:update', { status: 'invisible' });
    for (const watcher of watchers) {
      await watcher.event('user:offline', ({ userId }) => userId === 11);
      expect(await online(watcher, 11)).toEqual([false, false]);
    }
    expect(await tabs[1].event('status:updated')).toEqual({ status: 'invisible' });

    tabs[1].close();
    const back = await chat.connect(11, { instance: 1 });
    for (const [index, watcher] of watchers.entries()) {
      await goesOffline(watcher, 12 + index, 14 + index, 1);
      expect(watcher.received('user:online').filter(({ userId }) => userId === 11)).toEqual([]);
      expect(await online(watcher, 11)).toEqual([false, false]);
    }

    await back.get('status:update', { status: 'online' });
    for (const watcher of watchers) {
      await watcher.event('user:online', ({ userId }) => userId === 11);
      expect(await online(watcher, 11)).toEqual([true, true]);
    }
  });

  it('is not undone by the heartbeats of the instances', async () => {
    const { tabs, watchers } = await watched(21, [22, 23]);
    await tabs[0].get('status:update', { status: 'invisible' });
    const renewals = vi.spyOn(RedisPresenceStore.prototype, 'touch');
    const renewed = () =>
      renewals.mock.calls.filter(([users, how]) => how === 'renewed' && users.some(({ userId }) => userId === '21'));

    // Two rounds of both instances: one that was under way, and one that began afterwards.
    await expect.poll(() => renewed().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
    renewals.mockRestore();
    for (const [index, watcher] of watchers.entries()) {
      await goesOffline(watcher, 22 + index, 24 + index, index);
      expect(await online(watcher, 21)).toEqual([false, false]);
    }
    for (const watcher of watchers) {
      expect(watcher.received('user:online').filter(({ userId }) => userId === 21)).toEqual([]);
    }
  });
});
