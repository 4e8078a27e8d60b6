import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { FaultProxy } from '../support/faults/fault-proxy.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const BUFFER_BYTES = 262_144;
const MEBIBYTE = 1_024 * 1_024;
/** Several times what the kernel and the proxy hold between the service and a client that does not read. */
const SENT_BYTES = 32 * MEBIBYTE;
const TEXT = 'x'.repeat(15_000);

describeWithPrivateServers('a client that does not read', (servers) => {
  let chat: FaultChat;
  let narrow: FaultProxy;

  beforeAll(async () => {
    chat = await FaultChat.start(servers, {
      instances: 1,
      env: { SLOW_CLIENT_BUFFER_BYTES: String(BUFFER_BYTES), MESSAGE_MAX_LENGTH: '16000' },
    });
    narrow = await FaultProxy.start([chat.instance(0).port]);
  });

  afterAll(async () => {
    await chat.stop();
    await narrow.stop();
  });

  it('is cut off before it costs much memory; nobody else notices, and it catches up', async () => {
    const [conversation] = await chat.conversations(1, 5);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const [slowId = 0, ...otherIds] = userIds;
    const slow = chat.client(slowId, [chatId], { url: narrow.url });
    const others = otherIds.map((userId) => chat.client(userId, [chatId]));
    await chat.everybodySettled();
    const memoryBefore = chat.instance(0).memory;
    narrow.stopReading();
    let sentBytes = 0;
    const isCut = (): boolean => chat.instance(0).log.includes('its client reads too slowly');
    while (!isCut() && sentBytes < SENT_BYTES) {
      await Promise.all(
        others.map((client, index) => client.send(chatId, `${client.userId} ${sentBytes + index} ${TEXT}`)),
      );
      sentBytes += others.length * TEXT.length;
    }
    await expect.poll(isCut).toBe(true);
    expect(chat.instance(0).memory - memoryBefore).toBeLessThan(150 * MEBIBYTE);
    expect(others.map(({ connects, losses }) => ({ connects, losses }))).toEqual(
      others.map(() => ({ connects: 1, losses: [] })),
    );
    // What was on its way to the client comes before the end of its connection.
    narrow.readAgain();
    await expect.poll(() => slow.losses.length, { timeout: 15_000 }).toBe(1);
    await chat.expectNothingLostOrDoubled();
  });
});
