import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { FaultProxy } from '../support/faults/fault-proxy.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

describeWithPrivateServers('a network that swallows packets', (servers) => {
  let chat: FaultChat;
  let swallowing: FaultProxy;

  beforeAll(async () => {
    chat = await FaultChat.start(servers, { env: { PING_INTERVAL_MS: '1000', PING_TIMEOUT_MS: '1000' } });
    swallowing = await FaultProxy.start(chat.instances.map(({ port }) => port));
  });

  afterAll(async () => {
    await chat.stop();
    await swallowing.stop();
  });

  it('is noticed by both ends: the user goes offline, and comes back complete', async () => {
    const [conversation] = await chat.conversations(1);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const [hereId = 0, awayId = 0] = userIds;
    const here = chat.client(hereId, [chatId]);
    await chat.everybodySettled();
    const away = chat.client(awayId, [chatId], { url: swallowing.url });
    await chat.everybodySettled();
    await expect.poll(() => here.seen('user:online')).toBe(1);
    const load = new SendingLoad([here, away], { pauseMs: 20 });
    await load.progress(50);

    swallowing.blackHole();
    // The service's end is closed by its own ping time-out: nothing of the client's leaving gets through.
    await expect.poll(() => here.seen('user:offline'), { timeout: 15_000 }).toBe(1);
    await expect.poll(() => away.losses.length, { timeout: 15_000 }).toBe(1);

    swallowing.heal();
    await expect.poll(() => here.seen('user:online'), { timeout: 30_000 }).toBe(2);
    await load.stop();
    await chat.expectNothingLostOrDoubled();
  });
});
