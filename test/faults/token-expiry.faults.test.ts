import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const LIFE_SECONDS = 4;

describeWithPrivateServers('a token that expires while messages flow', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers, { env: { AUTH_EXPIRY_GRACE_SECONDS: '2' } });
  });

  afterAll(async () => {
    await chat.stop();
  });

  it('is renewed on the open connection, and no message is lost', async () => {
    const clients = (await chat.conversations(5)).flatMap(({ chatId, userIds }) =>
      userIds.map((userId) =>
        chat.client(userId, [chatId], {
          token: () => chat.marketplace.token({ userId, expiresInSeconds: LIFE_SECONDS }),
        }),
      ),
    );
    await chat.everybodySettled();
    const load = new SendingLoad(clients, { pauseMs: 20 });
    await expect
      .poll(() => clients.filter((client) => client.seen('auth:token-expired') >= 3).length, { timeout: 30_000 })
      .toBe(clients.length);
    await load.stop();
    expect(clients.filter(({ connects }) => connects !== 1)).toEqual([]);
    await chat.expectNothingLostOrDoubled();
  });

  it('ends the connection of who does not renew it; once he has a new one, nothing is missing', async () => {
    const [conversation] = await chat.conversations(1);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const [loyalId = 0, lateId = 0] = userIds;
    const loyal = chat.client(loyalId, [chatId]);
    let session: string | null = chat.marketplace.token({ userId: lateId, expiresInSeconds: LIFE_SECONDS });
    const late = chat.client(lateId, [chatId], {
      token: () => {
        if (session === null) {
          throw new Error('the user has to log in first');
        }
        return session;
      },
    });
    await chat.everybodySettled();
    session = null;
    const load = new SendingLoad([loyal, late], { pauseMs: 20 });
    await expect.poll(() => late.losses, { timeout: 15_000 }).toEqual(['io server disconnect']);
    await load.progress(50);
    session = chat.marketplace.token({ userId: lateId });
    await load.stop();
    expect(late.connects).toBe(2);
    await chat.expectNothingLostOrDoubled();
  });
});
