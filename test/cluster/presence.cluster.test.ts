import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import type { TestClient } from '../support/chat/test-client.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('presence over two instances', (services) => {
  let chat: TestChat;
  let redis: Redis;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: { ...(await serviceEnvironment(services)) },
    });
    redis = new Redis(services.redisUrl());
  });
  afterAll(async () => {
    await redis.quit();
    await chat.stop();
  });

  /** A seller on instance 1 who shares a chat with the buyer; the buyer is offline again. */
  async function watcher(buyerId: number, sellerId: number): Promise<TestClient> {
    const buyer = await chat.connect(buyerId);
    await buyer.get('chat:create', { buyerId, sellerId });
    buyer.close();
    await expect.poll(async () => await onlineSeenBy(sellerId, buyerId)).toBe(false);
    return chat.connect(sellerId, { instance: 1 });
  }

  async function onlineSeenBy(sellerId: number, buyerId: number): Promise<boolean> {
    const probe = await chat.connect(sellerId, { instance: 1 });
    const { userIds } = await probe.get('users:online', {});
    probe.close();
    return userIds.includes(buyerId);
  }

  /** A connection is told of its success before the store knows of it; until then another's end may be the user's last. */
  async function tabsKnown(userId: number, count: number): Promise<void> {
    await expect.poll(() => redis.zcard(`user:${userId}:sockets`)).toBe(count);
  }

  it('a user who comes and goes on one is announced on the other, once each', async () => {
    const seller = await watcher(11, 12);

    const buyer = await chat.connect(11);
    await seller.event('user:online');
    expect(await seller.get('users:online', {})).toEqual({ userIds: [11] });
    buyer.close();
    expect(await seller.event('user:offline')).toEqual({ userId: 11, lastSeenAt: expect.any(String) });
    expect(await seller.get('users:online', {})).toEqual({ userIds: [] });

    // A doubled announcement would lie before this second coming.
    await chat.connect(11);
    await expect.poll(() => seller.received('user:online')).toEqual([{ userId: 11 }, { userId: 11 }]);
    expect(seller.received('user:offline')).toHaveLength(1);
  });

  it('a user with a tab on each comes online once, and goes offline with the last tab only', async () => {
    const seller = await watcher(21, 22);
    const tabs = [await chat.connect(21), await chat.connect(21, { instance: 1 })];
    await seller.event('user:online');
    await tabsKnown(21, 2);

    tabs[0]?.close();
    // This user's going is handled after the tab's on the same instance, and is heard by the same watcher.
    await goesOffline(seller, 23, 22);
    expect(await seller.get('users:online', {})).toEqual({ userIds: [21] });

    tabs[1]?.close();
    await seller.event('user:offline', ({ userId }) => userId === 21);
    expect(seller.received('user:offline').filter(({ userId }) => userId === 21)).toHaveLength(1);
    expect(seller.received('user:online').filter(({ userId }) => userId === 21)).toHaveLength(1);
  });

  it('many tabs that come and go on both at once leave one announcement of each', async () => {
    const seller = await watcher(31, 32);

    const tabs = await Promise.all(Array.from({ length: 10 }, (_, index) => chat.connect(31, { instance: index % 2 })));
    await seller.event('user:online');
    await tabsKnown(31, tabs.length);
    for (const tab of tabs) {
      tab.close();
    }
    await seller.event('user:offline');

    await goesOffline(seller, 33, 32);
    expect(seller.received('user:online').filter(({ userId }) => userId === 31)).toHaveLength(1);
    expect(seller.received('user:offline').filter(({ userId }) => userId === 31)).toHaveLength(1);
  });

  it('is nobody else’s business: strangers on the other instance hear and see nothing', async () => {
    const stranger = await chat.connect(44, { instance: 1 });
    const seller = await watcher(41, 42);

    await chat.connect(41);
    await seller.event('user:online');

    await stranger.barrier();
    expect(stranger.received('user:online')).toEqual([]);
    expect(await stranger.get('users:online', { userIds: [41, 42] })).toEqual({ userIds: [] });
  });

  /** Another contact of the watcher connects to instance 0 and goes; resolves when the watcher has heard of it. */
  async function goesOffline(seller: TestClient, buyerId: number, sellerId: number): Promise<void> {
    const buyer = await chat.connect(buyerId);
    await buyer.get('chat:create', { buyerId, sellerId });
    buyer.close();
    await seller.event('user:offline', ({ userId }) => userId === buyerId);
  }
});
