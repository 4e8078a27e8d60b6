import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { probe } from '../../support/process/health-probe.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';
import type { ServerProcess } from '../../support/services/server-process.js';

describeWithPrivateServers('while PostgreSQL is away', (servers) => {
  let postgres: ServerProcess;
  let chat: TestChat;
  let buyer: TestClient;
  let seller: TestClient;
  let chatId: string;

  beforeEach(async () => {
    postgres = await servers.startPostgres();
    chat = await TestChat.start({
      env: {
        DATABASE_URL: postgres.url,
        SEND_TIMEOUT_MS: '500',
        DATABASE_TIMEOUT_MS: '500',
        PRESENCE_TTL_SECONDS: '3',
      },
    });
    buyer = await chat.connect(1);
    seller = await chat.connect(2);
    ({ id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 }));
    await buyer.get('chat:join', { chatId });
    await seller.get('chat:join', { chatId });
  });
  afterEach(async () => {
    // A paused server would keep the service from closing its connections.
    postgres.resume();
    await chat.stop();
  });

  it('sends and reads fail as retryable, and the same connections are served again when it is back', async () => {
    const send = { chatId, text: 'is it still there?', clientMessageId: 'once' };
    await postgres.kill();

    const failures = await Promise.all([
      buyer.failure('message:send', send),
      buyer.failure('chat:history', { chatId }),
      buyer.failure('chat:join', { chatId }),
      buyer.failure('chat:create', { buyerId: 1, sellerId: 3 }),
    ]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    }
    expect(seller.received('message:new')).toEqual([]);

    await postgres.restart();
    const sent = await buyer.get('message:send', send);
    expect(await seller.event('message:new')).toEqual(sent);
    expect(await buyer.get('message:send', send)).toEqual(sent);
    expect(await seller.get('chat:history', { chatId })).toMatchObject({ messages: [sent], hasMore: false });
    expect(buyer.socket.connected && seller.socket.connected).toBe(true);
  });

  it('the process lives and asks for no traffic until it is back', async () => {
    expect(await probe(chat.url(), 'ready')).toBe(200);

    await postgres.kill();
    await expect.poll(() => probe(chat.url(), 'ready')).toBe(503);
    expect(await probe(chat.url(), 'live')).toBe(200);

    await postgres.restart();
    await expect.poll(() => probe(chat.url(), 'ready')).toBe(200);
  });

  it('users who come and go meanwhile are announced when it is back', async () => {
    await postgres.kill();
    buyer.close();
    await chat.connect(3);
    await expect.poll(() => probe(chat.url(), 'ready')).toBe(503);
    await postgres.restart();

    expect(await seller.event('user:offline')).toMatchObject({ userId: 1 });
    await chat.connect(1);
    expect(await seller.event('user:online')).toEqual({ userId: 1 });
  });

  it('a message whose failed write was carried out later exists once when it is sent again', async () => {
    const send = { chatId, text: 'did you get this?', clientMessageId: 'unsure' };
    // The statement lies in the frozen server's buffers when the service gives up on it.
    postgres.pause();
    expect(await buyer.failure('message:send', send)).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    postgres.resume();
    await expect.poll(async () => (await seller.get('chat:history', { chatId })).messages.length).toBe(1);

    const again = await buyer.get('message:send', send);
    const next = await buyer.get('message:send', { chatId, text: 'and this?' });

    expect([again.seq, next.seq]).toEqual([1, 2]);
    expect((await seller.get('chat:history', { chatId })).messages).toEqual([again, next]);
  });
});

describeWithPrivateServers('while PostgreSQL stalls for less than the time-out', (servers) => {
  it('sends wait, and are acked in the order they were sent once it answers again', async () => {
    const postgres = await servers.startPostgres();
    const chat = await TestChat.start({ env: { DATABASE_URL: postgres.url } });
    try {
      const buyer = await chat.connect(1);
      const { id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 });
      await buyer.get('chat:join', { chatId });
      const acked: string[] = [];

      postgres.pause();
      const sends = ['first', 'second', 'third', 'fourth'].map(async (text) => {
        const { seq } = await buyer.get('message:send', { chatId, text });
        acked.push(text);
        return seq;
      });
      // A joined client's typing does not wait for the database: once it is answered, the sends before it have arrived.
      await buyer.get('typing:start', { chatId });
      expect(acked).toEqual([]);
      expect(buyer.received('message:new')).toEqual([]);
      postgres.resume();

      expect(await Promise.all(sends)).toEqual([1, 2, 3, 4]);
      expect(acked).toEqual(['first', 'second', 'third', 'fourth']);
      expect(buyer.received('message:new').map(({ text }) => text)).toEqual(acked);
    } finally {
      postgres.resume();
      await chat.stop();
    }
  });
});
