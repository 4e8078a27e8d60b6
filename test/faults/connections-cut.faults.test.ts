import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { faultLasts } from '../support/faults/fault-lasts.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const CHATS = 100;
const ROUNDS = 6;
const ONLINE_MS = 3_000;
const OFFLINE_MS = 2_000;

describeWithPrivateServers('a network that breaks every few seconds', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
  });

  afterAll(async () => {
    await chat.stop();
  });

  it('costs 200 clients no message', async () => {
    const clients = await chat.clientsOf(await chat.conversations(CHATS));
    const load = new SendingLoad(clients, { pauseMs: 500 });
    for (let round = 0; round < ROUNDS; round++) {
      await faultLasts(ONLINE_MS);
      chat.entrance.refusing = true;
      chat.entrance.cut();
      await faultLasts(OFFLINE_MS);
      chat.entrance.heal();
      await load.progress(2 * CHATS);
    }
    await load.stop();
    expect(clients.filter(({ connects }) => connects <= ROUNDS)).toEqual([]);
    await chat.expectNothingLostOrDoubled();
  });
});
