import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const CLIENTS = 2_000;
const BACK_WITHIN_MS = 90_000;

describeWithPrivateServers('a restart with 2,000 clients', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers, { instances: 1 });
  });

  afterAll(async () => {
    await chat.stop();
  });

  /** Users who stay logged in: each keeps one token, as a browser does. */
  async function loggedInClients(): Promise<void> {
    for (const { chatId, userIds } of await chat.conversations(CLIENTS / 2)) {
      for (const userId of userIds) {
        const token = chat.marketplace.token({ userId });
        chat.client(userId, [chatId], { token: () => token });
      }
    }
    await chat.everybodySettled(BACK_WITHIN_MS);
  }

  it('brings all of them back, and asks the marketplace about each token once at most', async () => {
    await loggedInClients();
    expect(chat.marketplace.calls()).toBe(CLIENTS);
    const instance = chat.instance(0);

    await instance.terminate();
    await instance.start();
    await chat.everybodySettled(BACK_WITHIN_MS);
    // Redis remembers them all.
    expect(chat.marketplace.calls()).toBe(CLIENTS);

    chat.marketplace.forgetCalls();
    await instance.kill();
    await chat.redis.restart();
    await instance.start();
    await chat.everybodySettled(BACK_WITHIN_MS);
    // Nobody remembers anything: each is asked about anew, once, although clients may have had to try several times.
    expect(chat.marketplace.calls()).toBe(CLIENTS);
    await chat.expectNothingLostOrDoubled();
  });
});
