import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

describe('how commands are answered', () => {
  let chat: TestChat;
  let nextUserId = 1_000;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  async function connectRaw(): Promise<RawClient> {
    return RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: nextUserId++ }));
  }

  async function barrier(raw: RawClient): Promise<void> {
    raw.emit('["users:online"]', 999_999);
    await raw.answer(999_999);
  }

  it('tells a failure as the event error where there is no ack, and a success not at all', async () => {
    const user = nextUserId++;
    const client = await chat.connect(user);
    client.tell('chat:join', { chatId: 'no uuid' });
    client.tell('chat:create', { buyerId: user, sellerId: 999 });

    await client.event('chat:created');
    await client.barrier();
    expect(client.received('error')).toEqual([
      {
        code: 'CHAT_NOT_FOUND',
        message: expect.stringMatching(/^unable to join chat; /),
        event: 'chat:join',
      },
    ]);
    expect(client.log.map(({ event }) => event)).toEqual(['connection:success', 'error', 'chat:created']);
  });

  it('answers users:online without an ack by the event of that name, as old clients expect', async () => {
    const client = await chat.connect(nextUserId++);
    client.tell('users:online');

    expect(await client.event('users:online')).toEqual({ userIds: [] });
  });

  it.each([
    ['text', '"not a function"'],
    ['an object', '{"ack":true}'],
    ['null', 'null'],
  ])('does not take %s after the payload for an ack', async (_case, notAnAck) => {
    const raw = await connectRaw();
    raw.emit(`["chat:join",{"chatId":"x"},${notAnAck}]`);
    await barrier(raw);

    expect(raw.received('error')).toMatchObject([{ code: 'CHAT_NOT_FOUND', event: 'chat:join' }]);
  });

  it('takes the first of many arguments for the payload, and answers once', async () => {
    const raw = await connectRaw();
    const rest = Array(1_000).fill('{"userIds":"wrong"}').join(',');
    raw.emit(`["users:online",{"userIds":[1]},${rest}]`, 1);

    expect(await raw.answer(1)).toEqual({ success: true, data: { userIds: [] } });
    await barrier(raw);
    expect(raw.answers(1)).toHaveLength(1);
  });

  it('answers every event once, also when a client uses one ack id for two', async () => {
    const raw = await connectRaw();
    raw.emit('["chat:join",{"chatId":"x"}]', 7);
    raw.emit('["nonsense"]', 7);
    await barrier(raw);

    expect(raw.answers(7)).toMatchObject([
      { success: false, error: { code: 'CHAT_NOT_FOUND' } },
      { success: false, error: { code: 'UNKNOWN_EVENT' } },
    ]);
  });

  it('gives an ack back under the largest id there is', async () => {
    const raw = await connectRaw();
    raw.emit('["users:online"]', Number.MAX_SAFE_INTEGER);

    expect(await raw.answer(Number.MAX_SAFE_INTEGER)).toMatchObject({ success: true });
  });

  it('refuses a binary payload as it refuses any other that does not fit', async () => {
    const client = await chat.connect(nextUserId++);

    expect(await client.failure('message:send', Buffer.from('binary'))).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await client.failure('chat:join', { chatId: Buffer.from('binary') })).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(await client.failure('chat:join', [Buffer.alloc(1), Buffer.alloc(1)])).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    client.tell('message:send', Buffer.from('binary'));
    expect(await client.event('error')).toMatchObject({ code: 'VALIDATION_FAILED', event: 'message:send' });
  });

  it('answers a thousand commands in flight at once, each under its own id', async () => {
    const raw = await connectRaw();
    const ids = Array.from({ length: 1_000 }, (_, index) => index);
    for (const id of ids) {
      raw.emit(id % 2 === 0 ? '["users:online"]' : '["nonsense"]', id);
    }
    await Promise.all(ids.map((id) => raw.answer(id)));
    await barrier(raw);

    expect(ids.filter((id) => raw.answers(id).length !== 1)).toEqual([]);
  });

  it('does not fall over a client that leaves while its commands are running', async () => {
    const user = nextUserId++;
    const leaving = await RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: user }));
    const staying = await chat.connect(user);
    for (let id = 0; id < 20; id++) {
      leaving.emit(`["chat:create",{"buyerId":${user},"sellerId":${5_000 + id}}]`, id);
    }
    leaving.close();

    await leaving.closed();
    await staying.barrier();
    expect(staying.socket.connected).toBe(true);
  });
});
