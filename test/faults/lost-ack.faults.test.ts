import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultChat } from '../support/faults/fault-chat.js';
import { FaultProxy } from '../support/faults/fault-proxy.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const ROUNDS = 10;

describeWithPrivateServers('an ack that is lost on the wire', (servers) => {
  let chat: FaultChat;
  /** The sender's own way to the service, which loses what comes back. */
  let lossy: FaultProxy;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
    lossy = await FaultProxy.start([chat.instance(0).port]);
  });

  afterAll(async () => {
    await chat.stop();
    await lossy.stop();
  });

  const stored = async (text: string): Promise<number> => {
    const rows = await chat.query('select 1 from chat.messages where text = $1', [text]);
    return rows.length;
  };

  it.each([
    { where: 'the same instance', instanceAfter: () => 0 },
    { where: 'another instance', instanceAfter: (round: number) => (round + 1) % 2 },
  ])('is made good by sending again to $where: one message, one answer', async ({ where, instanceAfter }) => {
    const [conversation] = await chat.conversations(1);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const [senderId = 0, readerId = 0] = userIds;
    lossy.targets = [chat.instance(0).port];
    const sender = chat.client(senderId, [chatId], { url: lossy.url });
    chat.client(readerId, [chatId]);
    await chat.everybodySettled();
    for (let round = 0; round < ROUNDS; round++) {
      const text = `${where}, ${round}`;
      lossy.deafen();
      const sent = sender.send(chatId, text);
      await expect.poll(() => stored(text)).toBe(1);
      expect(sender.acked).toHaveLength(round);
      lossy.targets = [chat.instance(instanceAfter(round)).port];
      lossy.cut();
      await sent;
    }
    await chat.expectNothingLostOrDoubled();
  });
});
