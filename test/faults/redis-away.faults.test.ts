import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { faultLasts } from '../support/faults/fault-lasts.js';
import type { LoggedClient } from '../support/faults/logged-client.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const DOWN_MS = 30_000;
const SLOW_MS = 15_000;
const STALLED_MS = 10_000;

describeWithPrivateServers('a Redis that fails', (servers) => {
  let chat: FaultChat;
  let clients: LoggedClient[];
  let load: SendingLoad;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
    clients = await chat.clientsOf(await chat.conversations(10));
  });

  afterAll(async () => {
    await chat.stop();
  });

  beforeEach(async () => {
    load = new SendingLoad(clients, { pauseMs: 50 });
    await load.progress(100);
  });

  it('holds up no message while it is down, and clients learn what they missed when it is back', async () => {
    await chat.redis.kill();
    await faultLasts(DOWN_MS);
    await load.progress(200);
    // Nothing is sent after the outage: a message that the other instance did not hear of shows in no gap.
    await load.stop();
    await chat.redis.start();
    await chat.expectNothingLostOrDoubled();
    expect(clients.filter((client) => client.seen('sync:required') === 0)).toEqual([]);
  });

  it('costs nothing but what it held when it forgets everything', async () => {
    const redis = new Redis(chat.redis.url);
    await redis.flushall();
    await redis.quit();
    await load.progress(200);
    await load.stop();
    await chat.expectNothingLostOrDoubled();
  });

  it('slows nothing but what crosses instances while it is slow', async () => {
    chat.toRedis.latencyMs = 400;
    await faultLasts(SLOW_MS);
    await load.progress(200);
    await load.stop();
    chat.toRedis.heal();
    await chat.expectNothingLostOrDoubled();
  });

  it('holds up no message while it is stalled', async () => {
    chat.redis.pause();
    await faultLasts(STALLED_MS);
    await load.progress(200);
    await load.stop();
    chat.redis.resume();
    await chat.expectNothingLostOrDoubled();
  });

  it('is found again when its connections are cut', async () => {
    for (let round = 0; round < 5; round++) {
      chat.toRedis.cut();
      await load.progress(100);
    }
    chat.toRedis.cut();
    await load.stop();
    await chat.expectNothingLostOrDoubled();
  });
});
