import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutThroughRedis } from '../support/auth/cut-through-redis.js';
import { FaultChat } from '../support/faults/fault-chat.js';
import type { LoggedClient } from '../support/faults/logged-client.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

describeWithPrivateServers('a user who is cut off through Redis while messages flow', (servers) => {
  let chat: FaultChat;
  let redis: Redis;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
    redis = new Redis(chat.redis.url);
  });

  afterAll(async () => {
    redis.disconnect();
    await chat.stop();
  });

  /** A chat of two, each with a client on each instance; one of the two is to be cut. */
  async function conversation() {
    const [made] = await chat.conversations(1);
    const { chatId, userIds } = made ?? { chatId: '', userIds: [] };
    const [loyalId = 0, cutId = 0] = userIds;
    const clientsOf = (userId: number): LoggedClient[] =>
      chat.instances.map(({ url }) => chat.client(userId, [chatId], { url }));
    const [loyal, cut] = [clientsOf(loyalId), clientsOf(cutId)];
    await chat.everybodySettled();
    return { cutId, loyal, cut };
  }

  const closed = (clients: readonly LoggedClient[]) =>
    expect
      .poll(() => clients.map(({ losses }) => losses.at(-1)), { timeout: 15_000 })
      .toEqual(clients.map(() => 'io server disconnect'));

  it('loses his connections on all instances and sees nothing more; others lose nothing; let in again, he has no hole', async () => {
    const { cutId, loyal, cut } = await conversation();
    const load = new SendingLoad(loyal, { pauseMs: 20 });
    await load.progress(50);

    chat.marketplace.authMe = 401;
    await cutThroughRedis(redis, cutId);
    await closed(cut);
    const shown = cut.map((client) => client.shown.size);
    await load.progress(100);

    expect(cut.map((client) => client.shown.size)).toEqual(shown);
    expect(cut.map(({ ready, connects }) => ({ ready, connects }))).toEqual(
      cut.map(() => ({ ready: false, connects: 1 })),
    );
    chat.marketplace.authMe = 'user';
    await load.progress(100);
    await load.stop();

    expect(loyal.map(({ connects }) => connects)).toEqual([1, 1]);
    await chat.expectNothingLostOrDoubled();
    expect(cut.map(({ connects }) => connects)).toEqual([2, 2]);
  });

  it('keeps what he had acked, when he is cut in the middle of sending', async () => {
    const { cutId, loyal, cut } = await conversation();
    const load = new SendingLoad([...loyal, ...cut], { pauseMs: 10 });
    for (let round = 1; round <= 5; round++) {
      await load.progress(40);
      await cutThroughRedis(redis, cutId);
      await expect
        .poll(() => cut.filter(({ connects, ready }) => connects > round && ready).length, { timeout: 15_000 })
        .toBe(cut.length);
    }
    await load.stop();

    await chat.expectNothingLostOrDoubled();
  });

  it('is cut by every instance though it reached Redis only after the cut', async () => {
    const { cutId, loyal, cut } = await conversation();
    const load = new SendingLoad(loyal, { pauseMs: 20 });
    await load.progress(20);

    chat.toRedis.refusing = true;
    chat.toRedis.cut();
    await load.progress(50);
    await cutThroughRedis(redis, cutId);
    await load.progress(50);
    // Out of reach of Redis, no instance can know.
    expect(cut.map(({ connects, ready }) => ({ connects, ready }))).toEqual(
      cut.map(() => ({ connects: 1, ready: true })),
    );
    chat.toRedis.heal();
    await closed(cut);
    await load.stop();

    await chat.expectNothingLostOrDoubled();
  });
});
