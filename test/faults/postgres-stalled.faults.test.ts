import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ack, Message } from '../../src/contract/index.js';
import { TestClient } from '../support/chat/test-client.js';
import { FaultChat } from '../support/faults/fault-chat.js';
import { faultLasts } from '../support/faults/fault-lasts.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const STALLED_MS = 30_000;
const QUEUE_LIMIT = 500;
const FLOOD = 5_000;
const MEBIBYTE = 1_024 * 1_024;

describeWithPrivateServers('a PostgreSQL that stalls', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers, {
      env: {
        WRITE_QUEUE_LIMIT: String(QUEUE_LIMIT),
        DATABASE_TIMEOUT_MS: '5000',
        SEND_TIMEOUT_MS: '5000',
        // A client that heard no ping for so long would leave several times during the stall.
        PING_INTERVAL_MS: '2000',
        PING_TIMEOUT_MS: '5000',
      },
    });
  });

  afterAll(async () => {
    await chat.stop();
  });

  it('leaves connections alive, memory bounded and no send without an answer; then nothing is lost', async () => {
    const clients = await chat.clientsOf(await chat.conversations(20));
    const [flooded] = await chat.conversations(1);
    const { chatId, userIds } = flooded ?? { chatId: '', userIds: [] };
    const reader = chat.client(userIds[1] ?? 0, [chatId]);
    await chat.everybodySettled();
    const [instance] = chat.instances;
    const token = chat.marketplace.token({ userId: userIds[0] ?? 0 });
    const flooder = await TestClient.connect({ url: chat.instance(0).url, token });
    const load = new SendingLoad(clients, { pauseMs: 20 });
    await load.progress(200);
    const connectsBefore = clients.map(({ connects }) => connects);
    const memoryBefore = instance?.memory ?? 0;

    chat.postgres.pause();
    // All at once and without waiting, as no well-behaved client would: the queue must refuse what it cannot hold.
    const answers = Array.from({ length: FLOOD }, (_, index) => flood(flooder, chatId, `flood ${index}`));
    const stopped = load.stop();
    await faultLasts(STALLED_MS);
    const memoryGrown = (instance?.memory ?? 0) - memoryBefore;
    const connectsAfter = clients.map(({ connects }) => connects);
    // Pings were answered all along: nobody had to connect again.
    expect(connectsAfter).toEqual(connectsBefore);
    expect(memoryGrown).toBeLessThan(100 * MEBIBYTE);
    const codes = new Map<string, number>();
    for (const answer of await Promise.all(answers)) {
      const code = answer.success ? 'stored' : answer.error.code;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].filter((code) => !['OVERLOADED', 'UNAVAILABLE'].includes(code))).toEqual([]);
    expect(codes.get('OVERLOADED')).toBeGreaterThan(FLOOD - 2 * QUEUE_LIMIT);

    chat.postgres.resume();
    await stopped;
    await chat.expectNothingLostOrDoubled();
    // The server had received some of it when it stalled, and ran it when it went on: given up, never repeated, and yet
    // stored. The reader has been told to look.
    expect(reader.messages(chatId).length).toBeGreaterThan(0);
    flooder.close();
  });
});

async function flood(client: TestClient, chatId: string, text: string): Promise<Ack<Message>> {
  return await client.socket
    .timeout(STALLED_MS)
    .emitWithAck('message:send', { chatId, text, clientMessageId: crypto.randomUUID() });
}
