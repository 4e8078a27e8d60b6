import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { faultLasts } from '../support/faults/fault-lasts.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const DOWN_MS = 6_000;

describeWithPrivateServers('a marketplace that is down', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers, { env: { AUTH_TIMEOUT_MS: '1000' } });
  });

  afterAll(async () => {
    await chat.stop();
  });

  it('keeps nobody from coming back with a token that is known', async () => {
    const [conversation] = await chat.conversations(1);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const clients = userIds.map((userId) => {
      const token = chat.marketplace.token({ userId });
      return chat.client(userId, [chatId], { token: () => token });
    });
    await chat.everybodySettled();
    const load = new SendingLoad(clients, { pauseMs: 20 });
    await chat.marketplace.refuseConnections();
    chat.entrance.cut();
    await expect.poll(() => clients.filter(({ connects }) => connects === 2).length, { timeout: 15_000 }).toBe(2);
    await load.progress(50);
    await chat.marketplace.acceptConnections();
    await load.stop();
    await chat.expectNothingLostOrDoubled();
  });

  it.each([
    { how: 'refuses connections', authMe: null },
    { how: 'does not answer', authMe: 'hang' },
    { how: 'answers 503', authMe: 503 },
  ] as const)('keeps new tokens waiting while it $how, and no longer', async ({ authMe }) => {
    const conversations = await chat.conversations(2);
    const load = new SendingLoad(await chat.clientsOf(conversations.slice(0, 1)), { pauseMs: 20 });
    if (authMe === null) {
      await chat.marketplace.refuseConnections();
    } else {
      chat.marketplace.authMe = authMe;
    }
    const [waiting] = conversations.slice(1);
    const newcomers = waiting?.userIds.map((userId) => chat.client(userId, [waiting.chatId])) ?? [];
    await faultLasts(DOWN_MS);
    // Who is connected does not notice; who is not, is told that it may pass, and keeps trying.
    await load.progress(50);
    expect(newcomers.map(({ connects }) => connects)).toEqual([0, 0]);
    expect(newcomers.flatMap(({ refusals }) => refusals)).toEqual([]);
    if (authMe === null) {
      await chat.marketplace.acceptConnections();
    } else {
      chat.marketplace.release();
    }
    await load.stop();
    await chat.expectNothingLostOrDoubled();
    expect(newcomers.map(({ connects }) => connects)).toEqual([1, 1]);
  });

  it('does not end a connection whose token expires meanwhile, if it is back within the grace time', async () => {
    const [conversation] = await chat.conversations(1);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const clients = userIds.map((userId) =>
      chat.client(userId, [chatId], { token: () => chat.marketplace.token({ userId, expiresInSeconds: 5 }) }),
    );
    await chat.everybodySettled();
    const load = new SendingLoad(clients, { pauseMs: 20 });
    chat.marketplace.authMe = 503;
    await expect
      .poll(() => clients.filter((client) => client.seen('auth:token-expired') > 0).length, {
        timeout: 15_000,
      })
      .toBe(2);
    await faultLasts(DOWN_MS);
    chat.marketplace.release();
    await load.progress(50);
    await load.stop();
    expect(clients.map(({ connects }) => connects)).toEqual([1, 1]);
    await chat.expectNothingLostOrDoubled();
  });
});
