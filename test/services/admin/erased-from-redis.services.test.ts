import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AdminClient, WITH_ADMIN } from '../../support/admin/admin-client.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair, UNLIMITED } from '../../support/chats/participants.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('of a user who was erased', (services) => {
  let chat: TestChat;
  let redis: Redis;

  beforeAll(async () => {
    chat = await TestChat.start({ env: { ...UNLIMITED, ...WITH_ADMIN, ...(await serviceEnvironment(services)) } });
    redis = new Redis(services.redisUrl());
  });
  afterAll(async () => {
    await redis.quit();
    await chat.stop();
  });

  it('Redis keeps no presence, and no session that still counts', async () => {
    const { buyerId, seller, sellerId, chatId } = await joinedPair(chat);
    const token = chat.marketplace.token({ userId: buyerId });
    const tab = await chat.connect(buyerId, { token });
    await tab.get('chat:join', { chatId });
    const keys = (userId: number) => redis.exists(`user:${userId}:online`, `user:${userId}:sockets`);
    const listed = async () => [
      await redis.sismember('online:users', String(buyerId)),
      await redis.zscore('chat:presence:expiry', String(buyerId)),
    ];
    await expect.poll(() => keys(buyerId)).toBe(2);
    const checks = chat.marketplace.calls(token);

    await AdminClient.of(chat).get('POST /admin/users/:userId/erase', { userId: buyerId });

    await tab.disconnected();
    await expect.poll(() => keys(buyerId)).toBe(0);
    await expect.poll(listed).toEqual([0, null]);
    expect(await keys(sellerId)).toBe(2);
    expect(seller.socket.connected).toBe(true);
    await chat.connect(buyerId, { token });
    expect(chat.marketplace.calls(token)).toBe(checks + 1);
  });
});
