import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import type { LoggedClient } from '../support/faults/logged-client.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

/** What only the connection says that listens to the other instances. */
const SUBSCRIBES = 'subscribe';

describeWithPrivateServers('a connection to Redis that died without a word', (servers) => {
  let chat: FaultChat;
  /** Each conversation between two instances. */
  let clients: LoggedClient[];

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
    clients = (await chat.conversations(4)).flatMap(({ chatId, userIds }) =>
      userIds.map((userId, index) => chat.client(userId, [chatId], { url: chat.instance(index).url })),
    );
    await chat.everybodySettled();
  });

  afterAll(async () => {
    await chat.stop();
  });

  const synced = (client: LoggedClient): number => client.seen('sync:required');

  it('is noticed where only the subscriber is concerned: clients are told to sync, and live events cross again', async () => {
    const load = new SendingLoad(clients, { pauseMs: 50 });
    await load.progress(50);
    const before = clients.map(synced);

    expect(chat.toRedis.blackHoleThoseSaying(SUBSCRIBES)).toBe(chat.instances.length);
    await load.progress(50);
    // Nothing is sent from here on: what was swallowed last shows in no gap, only in the word of the instance.
    await load.stop();

    await expect
      .poll(() => clients.filter((client, index) => synced(client) > (before[index] ?? 0)).length, { timeout: 30_000 })
      .toBe(clients.length);
    await chat.expectNothingLostOrDoubled();

    const live = clients.map((client) => client.seen('message:new'));
    const [sender] = clients;
    await sender?.send(sender.chatIds[0] ?? '');
    await expect.poll(() => clients[1]?.seen('message:new')).toBe((live[1] ?? 0) + 1);
    await chat.expectNothingLostOrDoubled();
  });

  it('leaves everything else in working order meanwhile: nobody is disconnected, every message is acked', async () => {
    const load = new SendingLoad(clients, { pauseMs: 20 });
    const again = clients.map(synced);
    expect(chat.toRedis.blackHoleThoseSaying(SUBSCRIBES)).toBe(chat.instances.length);
    await load.progress(200);
    await expect
      .poll(() => clients.filter((client, index) => synced(client) > (again[index] ?? 0)).length, { timeout: 30_000 })
      .toBe(clients.length);
    await load.progress(50);
    await load.stop();

    expect(clients.map(({ connects }) => connects)).toEqual(clients.map(() => 1));
    await chat.expectNothingLostOrDoubled();
  });
});
