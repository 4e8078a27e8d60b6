import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandFailed } from '../../demo/client/outcome.js';
import { TestClient } from '../support/chat/test-client.js';
import { FaultChat } from '../support/faults/fault-chat.js';
import { SendingLoad } from '../support/faults/sending-load.js';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

const POISON = 'a row that the database refuses';

describeWithPrivateServers('a row that poisons its batch', (servers) => {
  let chat: FaultChat;

  beforeAll(async () => {
    chat = await FaultChat.start(servers);
    // Everything known to hurt is refused at the door, so the database is given a dislike of its own.
    await chat.query(`alter table chat.messages add constraint no_poison check (text not like '${POISON}%')`);
  });

  afterAll(async () => {
    await chat.stop();
  });

  it('is refused alone, while its neighbours of the same batch are stored at the first try', async () => {
    const [conversation] = await chat.conversations(1);
    const { chatId, userIds } = conversation ?? { chatId: '', userIds: [] };
    const [senderId = 0, readerId = 0] = userIds;
    chat.client(readerId, [chatId]);
    const token = chat.marketplace.token({ userId: senderId });
    const sender = await TestClient.connect({ url: chat.instance(0).url, token });
    const texts = Array.from({ length: 100 }, (_, index) =>
      index % 10 === 3 ? `${POISON} ${index}` : `good ${index}`,
    );
    const answers = await Promise.all(texts.map((text) => sender.ask('message:send', { chatId, text })));
    expect(answers.map((answer) => (answer.success ? answer.data.text : answer.error.code))).toEqual(
      texts.map((text) => (text.startsWith(POISON) ? 'INTERNAL' : text)),
    );
    sender.close();
    await chat.expectNothingLostOrDoubled();
  });

  it('loses and doubles nothing of anybody else under load', async () => {
    const clients = await chat.clientsOf(await chat.conversations(20));
    const load = new SendingLoad(clients, { pauseMs: 2 });
    await load.progress(200);
    const poisoned = clients.map((client, index) => client.send(client.chatIds[0] ?? '', `${POISON} ${index}`));
    for (const refusal of await Promise.allSettled(poisoned)) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: expect.any(CommandFailed) });
      expect(refusal).toHaveProperty('reason.failure.code', 'INTERNAL');
    }
    await load.progress(200);
    await load.stop();
    await chat.expectNothingLostOrDoubled();
  });
});
