import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

describeWithPrivateServers('many senders in one chat', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
  });

  afterAll(async () => {
    await chat.stop();
  });

  it('agree on one order over two instances', async () => {
    const [conversation] = await chat.conversations(1, 30);
    const clients = await chat.clientsOf(conversation === undefined ? [] : [conversation]);
    const load = new SendingLoad(clients, { pauseMs: 5 });
    await load.progress(2_000);
    await load.stop();
    expect(clients).toHaveLength(30);
    await chat.expectNothingLostOrDoubled();
    // Nothing failed, so everything came live: no client had to reconnect for it.
    expect(clients.filter(({ connects }) => connects !== 1)).toEqual([]);
  });
});
