import { expect, it } from 'vitest';
import type { Message } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';

const SENDERS = 6;
const MESSAGES_EACH = 40;

/** Sends until it is acked, as a client does: retryable failures are answered with the same clientMessageId. */
async function sendUntilAcked(client: TestClient, send: { chatId: string; text: string; clientMessageId: string }) {
  for (;;) {
    const answer = await client.ask('message:send', send);
    if (answer.success) {
      return answer.data;
    }
    expect(answer.error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  }
}

describeWithPrivateServers('a crash of PostgreSQL in the middle of traffic', (servers) => {
  it('loses no acked message, doubles none and leaves no gap', async () => {
    const postgres = await servers.startPostgres();
    const chat = await TestChat.start({
      env: {
        DATABASE_URL: postgres.url,
        SEND_TIMEOUT_MS: '300',
        RATE_LIMIT_MESSAGES: '1000000',
        RATE_LIMIT_COMMANDS: '1000000',
      },
    });
    const witness = await chat.connect(1);
    const { id: chatId } = await witness.get('chat:create', { buyerId: 1, sellerId: 2 });
    await witness.get('chat:join', { chatId });
    const devices = await Promise.all(Array.from({ length: SENDERS }, () => chat.connect(2)));
    const acked: Message[] = [];
    let crashed: Promise<void> | undefined;

    await Promise.all(
      devices.map(async (client, device) => {
        for (let count = 0; count < MESSAGES_EACH; count++) {
          const text = `${device}:${count}`;
          acked.push(await sendUntilAcked(client, { chatId, text, clientMessageId: text }));
          if (acked.length >= (SENDERS * MESSAGES_EACH) / 2) {
            crashed ??= postgres.kill().then(() => postgres.restart());
          }
        }
      }),
    );
    await crashed;

    const total = SENDERS * MESSAGES_EACH;
    const stored = [
      ...(await witness.get('chat:history', { chatId, afterSeq: 0, limit: 200 })).messages,
      ...(await witness.get('chat:history', { chatId, afterSeq: 200, limit: 200 })).messages,
    ];
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    expect(stored).toEqual(acked.toSorted((one, other) => one.seq - other.seq));
    for (let device = 0; device < SENDERS; device++) {
      const own = stored.filter(({ text }) => text.startsWith(`${device}:`)).map(({ text }) => text);
      expect(own).toEqual(Array.from({ length: MESSAGES_EACH }, (_, count) => `${device}:${count}`));
    }
    // What was shown live is a part of what is stored, each at most once.
    const shown = witness.received('message:new');
    expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
    expect(stored).toEqual(expect.arrayContaining(shown));
    await chat.stop();
  });
});
