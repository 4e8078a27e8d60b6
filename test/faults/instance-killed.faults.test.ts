import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const ROUNDS = 20;

describeWithPrivateServers('an instance that is killed under load', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
  });

  afterAll(async () => {
    await chat.stop();
  });

  it(`loses and doubles nothing in ${ROUNDS} rounds`, async () => {
    const clients = await chat.clientsOf(await chat.conversations(10));
    const load = new SendingLoad(clients, { pauseMs: 50 });
    for (let round = 0; round < ROUNDS; round++) {
      await load.progress(100 + Math.round(100 * Math.random()));
      const instance = chat.instance(round % 2);
      await instance.kill();
      await load.progress(50);
      await instance.start();
    }
    await load.stop();
    expect(clients.reduce((sum, { connects }) => sum + connects, 0)).toBeGreaterThan(clients.length + ROUNDS);
    await chat.expectNothingLostOrDoubled();
  });
});
