import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ack } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';

const MESSAGES = 5;
const COMMANDS = 20;
const SEARCHES = 3;
const HOUR_MS = 3_600_000;

/** How many answers there were of each kind. */
function tally(answers: Ack<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const kind = answer.success ? 'success' : answer.error.code;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('a flood of commands', () => {
  let chat: TestChat;
  let nextUserId = 1_000;

  expectNoProcessFaults();

  beforeAll(async () => {
    // A window longer than any test: what passed is counted exactly, however slow the machine is.
    chat = await TestChat.start({
      env: {
        RATE_LIMIT_WINDOW_SECONDS: '3600',
        RATE_LIMIT_MESSAGES: String(MESSAGES),
        RATE_LIMIT_COMMANDS: String(COMMANDS),
        RATE_LIMIT_SEARCHES: String(SEARCHES),
      },
    });
  });
  afterAll(() => chat.stop());

  async function conversation(): Promise<{ buyerId: number; sellerId: number; chatId: string; buyer: TestClient }> {
    const [buyerId, sellerId] = [nextUserId++, nextUserId++];
    const buyer = await chat.connect(buyerId);
    const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId });
    return { buyerId, sellerId, chatId, buyer };
  }

  function flood(clients: TestClient[], chatId: string, count: number): Promise<Ack<unknown>[]> {
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        (clients[index % clients.length] as TestClient).askRaw('message:send', { chatId, text: `flood ${index}` }),
      ),
    );
  }

  it('on one socket passes up to the limit; the rest is told when to come back, and is not carried out', async () => {
    const { buyer, sellerId, chatId } = await conversation();
    const answers = await flood([buyer], chatId, 30);

    expect(tally(answers)).toEqual({ success: MESSAGES, RATE_LIMITED: 30 - MESSAGES });
    for (const answer of answers) {
      if (!answer.success) {
        expect(answer.error).toEqual({
          code: 'RATE_LIMITED',
          message: expect.stringMatching(/^unable to send message; /),
          retryable: true,
          retryAfterMs: expect.toSatisfy((ms: number) => Number.isInteger(ms) && ms > 0 && ms <= HOUR_MS),
        });
      }
    }
    const seller = await chat.connect(sellerId);
    expect((await seller.get('chat:history', { chatId })).messages).toHaveLength(MESSAGES);
  });

  it('on two sockets of one user shares one limit', async () => {
    const { buyer, buyerId, chatId } = await conversation();
    const secondTab = await chat.connect(buyerId);

    expect(tally(await flood([buyer, secondTab], chatId, 30))).toEqual({
      success: MESSAGES,
      RATE_LIMITED: 30 - MESSAGES,
    });
  });

  it('does not end with the connection: a new one of the user meets the same limit', async () => {
    const { buyer, buyerId, chatId } = await conversation();
    await flood([buyer], chatId, MESSAGES);
    buyer.close();

    expect(await (await chat.connect(buyerId)).failure('message:send', { chatId, text: 'again' })).toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  it('of one user takes nothing from another', async () => {
    const { buyer, sellerId, chatId } = await conversation();
    await flood([buyer], chatId, 30);
    const seller = await chat.connect(sellerId);

    expect(tally(await flood([seller], chatId, MESSAGES))).toEqual({ success: MESSAGES });
  });

  it('of messages takes nothing from the other commands, nor they from messages', async () => {
    const { buyer, chatId } = await conversation();
    await flood([buyer], chatId, 30);
    await buyer.get('chat:join', { chatId });

    const calm = await conversation();
    await Promise.all(Array.from({ length: COMMANDS }, () => calm.buyer.askRaw('users:online')));
    expect(await calm.buyer.failure('users:online')).toMatchObject({ code: 'RATE_LIMITED' });
    await calm.buyer.get('message:send', { chatId: calm.chatId, text: 'calm' });
  });

  it('of searches has a limit of its own, and takes nothing from the other commands', async () => {
    const { buyer, chatId } = await conversation();
    const answers = await Promise.all(
      Array.from({ length: COMMANDS }, () => buyer.askRaw('message:search', { query: 'lamp', chatId })),
    );

    expect(tally(answers)).toEqual({ success: SEARCHES, RATE_LIMITED: COMMANDS - SEARCHES });
    await buyer.get('chat:join', { chatId });
  });

  it.each([
    ['unknown events', 'nonsense', {}, 'UNKNOWN_EVENT'],
    ['payloads that do not fit', 'chat:join', 'nonsense', 'VALIDATION_FAILED'],
    ['refreshes with bad tokens', 'auth:refresh-token', { token: 'nonsense' }, 'TOKEN_INVALID'],
  ])('of %s is limited too', async (_case, event, payload, code) => {
    const client = await chat.connect(nextUserId++);
    const answers = await Promise.all(Array.from({ length: COMMANDS + 10 }, () => client.askRaw(event, payload)));

    expect(tally(answers)).toEqual({ [code]: COMMANDS, RATE_LIMITED: 10 });
  });

  it('without acks is told as the event error', async () => {
    const client = await chat.connect(nextUserId++);
    for (let sent = 0; sent <= COMMANDS; sent++) {
      client.tell('users:online');
    }

    expect(await client.event('error')).toMatchObject({ code: 'RATE_LIMITED', event: 'users:online' });
    await expect.poll(() => client.received('users:online')).toHaveLength(COMMANDS);
    expect(client.received('error')).toHaveLength(1);
  });
});

describe('after a flood', () => {
  it('commands pass again once the window is over', async () => {
    const chat = await TestChat.start({ env: { RATE_LIMIT_WINDOW_SECONDS: '1', RATE_LIMIT_COMMANDS: '5' } });
    try {
      const client = await chat.connect(123);
      await expect
        .poll(async () => (await client.askRaw('users:online')).success, { interval: 0, timeout: 10_000 })
        .toBe(false);

      await expect.poll(async () => (await client.askRaw('users:online')).success, { timeout: 10_000 }).toBe(true);
    } finally {
      await chat.stop();
    }
  });
});
