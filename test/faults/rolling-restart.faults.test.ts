import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

describeWithPrivateServers('a rolling restart under load', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
  });

  afterAll(async () => {
    await chat.stop();
  });

  it('warns every client, ends each instance cleanly within 10 seconds, and loses nothing', async () => {
    const clients = await chat.clientsOf(await chat.conversations(20));
    const load = new SendingLoad(clients, { pauseMs: 20 });
    for (const instance of [...chat.instances, ...chat.instances]) {
      await load.progress(300);
      const { code, signal, tookMs } = await instance.terminate();
      expect({ code, signal }).toEqual({ code: 0, signal: null });
      expect(tookMs).toBeLessThan(10_000);
      await load.progress(100);
      await instance.start();
    }
    await load.stop();
    // Each client was on one of the two instances when that one left.
    expect(clients.filter((client) => client.seen('server:draining') === 0)).toEqual([]);
    await chat.expectNothingLostOrDoubled();
  });
});
