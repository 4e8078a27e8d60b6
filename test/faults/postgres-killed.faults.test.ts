import { afterAll, beforeAll, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const ROUNDS = 5;

describeWithPrivateServers('a PostgreSQL that is killed in the middle of batches', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
  });

  afterAll(async () => {
    await chat.stop();
  });

  it(`loses and doubles nothing in ${ROUNDS} crashes`, async () => {
    const clients = await chat.clientsOf(await chat.conversations(20));
    const load = new SendingLoad(clients, { pauseMs: 10, changing: true });
    for (let round = 0; round < ROUNDS; round++) {
      await load.progress(200 + Math.round(200 * Math.random()));
      await chat.postgres.kill();
      await chat.postgres.start();
      await load.progress(100);
    }
    // The last crash hits messages that nothing comes after: whoever misses one of them sees no gap.
    await chat.postgres.kill();
    const stopped = load.stop();
    await chat.postgres.start();
    await stopped;
    await chat.expectNothingLostOrDoubled();
  });
});
