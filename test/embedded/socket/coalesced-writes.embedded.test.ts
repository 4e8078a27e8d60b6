import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair, UNLIMITED } from '../../support/chats/participants.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

describe('what one turn sends to a connection', () => {
  let chat: TestChat;

  expectNoProcessFaults();

  beforeAll(async () => {
    // Clients and service share this process, so a burst finds its readers as busy as its writer: nobody is slow here.
    chat = await TestChat.start({ env: { ...UNLIMITED, SLOW_CLIENT_BUFFER_BYTES: String(64 * 1_024 * 1_024) } });
  });
  afterAll(() => chat.stop());

  it('keeps its order: acks and events of 2,000 messages, each once, in place', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const acked: number[] = [];

    await Promise.all(
      upTo(2_000).map(async (n) => {
        const { seq } = await buyer.get('message:send', { chatId, text: `message ${n}` });
        acked.push(seq);
      }),
    );

    expect(acked).toEqual(upTo(2_000));
    await Promise.all([buyer.barrier(), seller.barrier()]);
    for (const client of [buyer, seller]) {
      expect(client.received('message:new').map(({ seq, text }) => [seq, text])).toEqual(
        upTo(2_000).map((n) => [n, `message ${n}`]),
      );
    }
  });

  it('comes frame by frame as it was sent: acks in their row, events in theirs, and each message before its ack', async () => {
    const { buyerId, chatId } = await joinedPair(chat);
    const raw = await RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: buyerId }));
    raw.emit(JSON.stringify(['chat:join', { chatId }]), 1);
    await raw.answer(1);

    for (const n of upTo(200)) {
      raw.emit(JSON.stringify(['message:send', { chatId, text: `message ${n}` }]), 1_000 + n);
    }
    await raw.answer(1_200);

    await expect.poll(() => raw.received('message:new').length).toBe(200);
    const told = raw.frames.flatMap((frame) => {
      const event = /^42\/chat,\["message:new",.*"seq":(\d+)/.exec(frame);
      const ack = /^43\/chat,1(\d{3})\[\{"success":true/.exec(frame);
      return event !== null ? [`event ${event[1]}`] : ack !== null ? [`ack ${Number(ack[1])}`] : [];
    });
    expect(told).toHaveLength(400);
    expect(upTo(200).filter((n) => told.indexOf(`event ${n}`) > told.indexOf(`ack ${n}`))).toEqual([]);
    expect(told.filter((line) => line.startsWith('ack'))).toEqual(upTo(200).map((n) => `ack ${n}`));
    expect(told.filter((line) => line.startsWith('event'))).toEqual(upTo(200).map((n) => `event ${n}`));
    raw.close();
  });

  it('reaches clients that poll, and one that upgrades from polling in the middle of it', async () => {
    const { buyer, sellerId, chatId } = await joinedPair(chat);
    const polling = await chat.connect(sellerId, { transports: ['polling'] });
    const upgrading = await chat.connect(sellerId, { transports: ['polling', 'websocket'] });
    await Promise.all([polling, upgrading].map((client) => client.get('chat:join', { chatId })));

    await Promise.all(upTo(300).map((n) => buyer.get('message:send', { chatId, text: `${n}` })));

    for (const client of [polling, upgrading]) {
      await client.event('message:new', ({ seq }) => seq === 300);
      expect(client.received('message:new').map(({ seq }) => seq)).toEqual(upTo(300));
    }
    await expect.poll(() => upgrading.socket.io.engine.transport.name, { timeout: 10_000 }).toBe('websocket');
    const { id } = await buyer.get('message:send', { chatId, text: 'after the upgrade' });
    await upgrading.event('message:new', (message) => message.id === id);
  });
});

describe('what a shutdown has still to send', () => {
  it('leaves before the connection ends: the acks and events of all that was stored', async () => {
    const chat = await TestChat.start({ env: UNLIMITED });
    const { buyer, seller, chatId } = await joinedPair(chat);
    const sends = Array.from({ length: 500 }, (_, index) =>
      buyer.ask('message:send', { chatId, text: `message ${index + 1}` }).catch(() => null),
    );
    await sends[0];

    await chat.instances[0]?.stop();

    await Promise.all([buyer.disconnected(), seller.disconnected()]);
    const stored = (await Promise.all(sends)).flatMap((answer) => (answer?.success ? [answer.data] : []));
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    for (const client of [buyer, seller]) {
      expect(client.received('message:new')).toEqual(stored);
    }
    await chat.stop();
  });
});
