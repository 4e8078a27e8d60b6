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
    chat.client(userIds[1] ?? 0, [chatId]);
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
    const answers = Array.from({ length: FLOOD }, (_, index) => send(flooder, chatId, `flood ${index}`));
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
    flooder.close();
  });

  it('shows a message that was given up and stored all the same, though its sender never repeats it', async () => {
    const [conversation] = await chat.conversations(1);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const [senderId = 0, readerId = 0] = userIds;
    const reader = chat.client(readerId, [chatId]);
    const token = chat.marketplace.token({ userId: senderId });
    const sender = await TestClient.connect({ url: chat.instance(0).url, token });
    await sender.get('message:send', { chatId, text: 'before the stall' });
    await chat.everybodySettled();

    chat.postgres.pause();
    // The server receives the statement, and runs it when it goes on, long after everybody has stopped waiting.
    const answer = await send(sender, chatId, 'during the stall');
    expect(answer).toMatchObject({ success: false, error: { code: 'UNAVAILABLE' } });
    chat.postgres.resume();
    await expect
      .poll(() => reader.messages(chatId).map(({ text }) => text), { timeout: 30_000 })
      .toEqual(['before the stall', 'during the stall']);
    sender.close();
    await chat.expectNothingLostOrDoubled();
  });
});

async function send(client: TestClient, chatId: string, text: string): Promise<Ack<Message>> {
  return await client.socket
    .timeout(STALLED_MS)
    .emitWithAck('message:send', { chatId, text, clientMessageId: crypto.randomUUID() });
}
