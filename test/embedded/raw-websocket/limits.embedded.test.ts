import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair, newUserId, UNLIMITED } from '../../support/chats/participants.js';
import { LogCapture } from '../../support/process/log-capture.js';
import { PlainClient } from '../../support/raw-websocket/plain-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

const MEBIBYTE = 1_048_576;
const PATIENCE = { timeout: 10_000 };
/** Three bytes each on the wire: few messages fill what the kernel holds between the service and a client. */
const LARGE_TEXT = '漢'.repeat(16_000);
/** Far more than the kernel holds. */
const MANY_LARGE = 600;

describe('the limits of plain WebSockets', () => {
  let chat: TestChat;
  const logs = new LogCapture();

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({
      env: {
        ...UNLIMITED,
        DIALECTS: 'plain-websocket',
        SLOW_CLIENT_BUFFER_BYTES: String(MEBIBYTE),
        MAX_FRAME_BYTES: '65536',
        MESSAGE_MAX_LENGTH: '16000',
        LOG_LEVEL: 'warn',
      },
      logDestination: logs,
    });
  });
  afterAll(() => chat.stop());

  it('are 10 messages a minute for a user, over his connections, and for nobody else', async () => {
    const { buyer, buyerId, sellerId, chatId } = await joinedPair(chat);
    const otherChat = (await buyer.get('chat:create', { buyerId, sellerId: newUserId() })).id;
    const one = await PlainClient.connect(chat, chatId, { userId: buyerId });
    const two = await PlainClient.connect(chat, otherChat, { userId: buyerId });
    for (let n = 1; n <= 6; n++) {
      one.send({ type: 'message', text: `one ${n}` });
      two.send({ type: 'message', text: `two ${n}` });
    }
    const refusals = () => [...one.ofType('error'), ...two.ofType('error')];
    await expect.poll(() => one.messages().length + two.messages().length + refusals().length, PATIENCE).toBe(12);

    expect(refusals().map(({ message }) => message)).toEqual(
      Array(2).fill('Too many messages: no more than 10 per minute'),
    );
    // Typing and reading are no messages, other users are other users, and other wires have the deployment's limit only.
    one.send({ type: 'typing', is_typing: true });
    one.send({ type: 'read_messages' });
    await one.barrier();
    expect(refusals()).toHaveLength(2);
    await buyer.get('message:send', { chatId, text: 'over Socket.IO' });
    const seller = await PlainClient.connect(chat, chatId, { userId: sellerId });
    seller.send({ type: 'message', text: 'mine' });
    await expect.poll(() => seller.messages().map(({ text }) => text), PATIENCE).toEqual(['mine']);
  });

  it('are not drawn from by messages that say nothing', async () => {
    const { buyerId, chatId } = await joinedPair(chat);
    const plain = await PlainClient.connect(chat, chatId, { userId: buyerId });
    for (let n = 1; n <= 10; n++) {
      plain.send({ type: 'message', text: n % 2 === 0 ? '' : '  ' });
    }
    plain.send({ type: 'message', text: 'something' });
    await expect.poll(() => plain.messages().length + plain.ofType('error').length, PATIENCE).toBe(11);
    expect(plain.ofType('error').map(({ message }) => message)).toEqual(Array(10).fill('Message text cannot be empty'));
    expect(plain.messages()).toEqual([expect.objectContaining({ text: 'something' })]);
  });

  it('are not drawn from by messages that are refused', async () => {
    const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
    const otherChat = (await buyer.get('chat:create', { buyerId, sellerId: newUserId() })).id;
    await seller.get('user:block', { userId: buyerId });
    const blocked = await PlainClient.connect(chat, chatId, { userId: buyerId });
    for (let n = 1; n <= 12; n++) {
      blocked.send({ type: 'message', text: 'are you there?' });
    }
    await expect.poll(() => blocked.ofType('error'), PATIENCE).toHaveLength(12);
    expect(new Set(blocked.ofType('error').map(({ message }) => message))).toEqual(
      new Set(['unable to send message; the other member has blocked you']),
    );
    const other = await PlainClient.connect(chat, otherChat, { userId: buyerId });
    other.send({ type: 'message', text: 'you are' });
    await expect.poll(() => other.messages(), PATIENCE).toHaveLength(1);
    expect(other.ofType('error')).toEqual([]);
  });

  it('are 1,000 characters for a message, in this dialect only', async () => {
    const { buyer, buyerId, chatId } = await joinedPair(chat);
    const plain = await PlainClient.connect(chat, chatId, { userId: buyerId });
    plain.send({ type: 'message', text: 'x'.repeat(1_001) });
    plain.send({ type: 'message', text: 'x'.repeat(1_000) });
    expect(await plain.error()).toBe('unable to send message; the text is longer than 1000 characters; shorten it');
    await expect.poll(() => plain.messages(), PATIENCE).toHaveLength(1);

    await buyer.get('message:send', { chatId, text: 'y'.repeat(1_001) });
    await expect.poll(() => plain.messages().map(({ text }) => String(text).length), PATIENCE).toEqual([1_000, 1_001]);
  });

  it('are one connection for a user and chat: the newest', async () => {
    const { buyer, buyerId, sellerId, chatId } = await joinedPair(chat);
    const otherChat = (await buyer.get('chat:create', { buyerId, sellerId: newUserId() })).id;
    const elsewhere = await PlainClient.connect(chat, otherChat, { userId: buyerId });
    const seller = await PlainClient.connect(chat, chatId, { userId: sellerId });
    const older = await PlainClient.connect(chat, chatId, { userId: buyerId });

    // By another name of the same chat.
    const newer = await PlainClient.connect(chat, await older.established(), { userId: buyerId });

    expect(await older.closed()).toBe(4409);
    for (const client of [newer, seller, elsewhere]) {
      await client.barrier();
      expect(client.ended).toBeNull();
    }
    expect(buyer.socket.connected).toBe(true);
  });

  it('take nothing from what the older connection had said', async () => {
    const { buyerId, chatId } = await joinedPair(chat);
    const older = await PlainClient.connect(chat, chatId, { userId: buyerId });
    const said = ['Q0', 'Q1', 'Q2', 'Q3', 'Q4', 'Q5'];
    for (const text of said) {
      older.send({ type: 'message', text });
    }
    await PlainClient.connect(chat, chatId, { userId: buyerId });

    expect(await older.closed()).toBe(4409);
    expect(older.messages().map(({ text }) => text)).toEqual(said);
  });

  it('are not used up by a connection that came to nothing', async () => {
    const { buyerId, chatId } = await joinedPair(chat);
    const good = await PlainClient.connect(chat, chatId, { userId: buyerId });
    const forged = chat.marketplace.token({ userId: buyerId, secret: 'of somebody else' });
    expect(await PlainClient.dial(chat, `/ws/chat/${chatId}/?token=${forged}`).closed()).toBe(4401);
    expect(await PlainClient.visit(chat, chatId, { userId: newUserId() }).closed()).toBe(4403);
    await good.barrier();
    expect(good.ended).toBeNull();
  });

  it('are the frame size of the deployment', async () => {
    const { buyerId, chatId } = await connectPair(chat);
    const plain = await PlainClient.connect(chat, chatId, { userId: buyerId });
    plain.send({ type: 'message', text: 'x'.repeat(65_536) });
    expect(await plain.closed()).toBe(1009);
  });

  it('are what may pile up for a client that stopped reading', async () => {
    const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
    const slow = await PlainClient.connect(chat, chatId, { userId: sellerId });
    slow.socket.pause();
    const cuts = () => logs.entries.filter(({ msg }) => String(msg).includes('reads too slowly'));

    for (let sent = 0; cuts().length === 0 && sent < MANY_LARGE; sent++) {
      const { id } = await buyer.get('message:send', { chatId, text: LARGE_TEXT });
      await seller.event('message:new', (message) => message.id === id);
    }

    await expect.poll(cuts, PATIENCE).toEqual([expect.objectContaining({ bytes: expect.any(Number) })]);
    expect(cuts()[0]?.bytes).toBeGreaterThan(MEBIBYTE);
    slow.socket.resume();
    expect(await slow.closed()).toBe(1006);
    await seller.barrier();
  });
});

describe('the address of plain WebSockets', () => {
  describe('of a deployment that speaks them by default', () => {
    let chat: TestChat;
    beforeAll(async () => {
      chat = await TestChat.start({ env: { DEFAULT_DIALECT: 'plain-websocket' } });
    });
    afterAll(() => chat.stop());

    it('is on the port of Socket.IO, which keeps its own', async () => {
      const { chatId, buyerId } = await connectPair(chat);
      const plain = await PlainClient.connect(chat, chatId, { userId: buyerId });
      await plain.barrier();
      const polling = await chat.connect(newUserId(), { transports: ['polling', 'websocket'] });
      await expect.poll(() => polling.socket.io.engine.transport.name, PATIENCE).toBe('websocket');
    });

    it.each(['/ws/chat/', '/ws/chat/abc/', '/ws/chat/1/2/', '/ws/chat/-1/'])('is not %s', async (path) => {
      expect(await PlainClient.dial(chat, path).refused()).toBe(404);
    });

    it('takes WebSockets only', async () => {
      expect((await fetch(`${chat.url()}/ws/chat/1/`)).status).toBe(404);
      const upgrade = request(`${chat.url()}/ws/chat/1/`, { headers: { Connection: 'Upgrade', Upgrade: 'h2c' } }).end();
      const [response] = (await once(upgrade, 'response')) as [IncomingMessage];
      expect(response.resume().statusCode).toBe(400);
    });

    it('is the only place for the dialect: Socket.IO clients may not choose it, nor do they have it by default', async () => {
      await chat.connect(newUserId());
      const raw = new RawClient({ url: chat.url() });
      await raw.opened();
      raw.join({ token: chat.marketplace.token({ userId: newUserId() }), dialect: 'plain-websocket' });
      await raw.closed();
      expect(raw.received('auth:error')).toEqual([
        {
          code: 'VALIDATION_FAILED',
          error: expect.stringMatching(/^unable to connect; this connection can speak canonical/),
        },
      ]);
    });
  });

  it('is left by whoever’s network went away without a word, and by nobody else', async () => {
    const chat = await TestChat.start({
      env: { DIALECTS: 'plain-websocket', PING_INTERVAL_MS: '300', PING_TIMEOUT_MS: '3000' },
    });
    try {
      const { chatId, buyerId, sellerId } = await connectPair(chat);
      const address = `/ws/chat/${chatId}/?token=${chat.marketplace.token({ userId: sellerId })}`;
      const silent = PlainClient.dial(chat, address, { autoPong: false });
      await silent.established();
      const alive = await PlainClient.connect(chat, chatId, { userId: buyerId });
      let beats = 0;
      alive.socket.on('ping', () => {
        beats += 1;
      });

      expect(await silent.closed()).toBe(1006);
      await expect.poll(() => beats, PATIENCE).toBeGreaterThan(3);
      await alive.barrier();
      expect(alive.ended).toBeNull();
    } finally {
      await chat.stop();
    }
  });

  it('is not left by who is kept waiting for longer than the answer to a ping may take', async () => {
    const chat = await TestChat.start({
      env: {
        DIALECTS: 'plain-websocket',
        PING_INTERVAL_MS: '100',
        PING_TIMEOUT_MS: '100',
        AUTH_TIMEOUT_MS: '1000',
      },
    });
    try {
      const { chatId } = await connectPair(chat);
      chat.marketplace.authMe = 'hang';
      expect(await PlainClient.visit(chat, chatId, { userId: newUserId() }).closed()).toBe(1013);
    } finally {
      chat.marketplace.release();
      await chat.stop();
    }
  });

  it('keeps no network connection that was refused, even where the client leaves its half open', async () => {
    const chat = await TestChat.start({ env: { DIALECTS: 'plain-websocket' } });
    const { port } = new URL(chat.url());
    const peer = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    try {
      peer.resume();
      peer.write('GET /ws/chat/no-chat/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      await once(peer, 'end');
    } finally {
      // It would wait for ever for a connection that is still there.
      await chat.stop();
      peer.destroy();
    }
  });

  it('is nobody’s where the dialect is not enabled', async () => {
    const chat = await TestChat.start({ env: { DIALECTS: 'live' } });
    try {
      const client = PlainClient.visit(chat, 1, { userId: 1 });
      expect(await client.refused()).toBe(404);
      await chat.connect(2);
    } finally {
      await chat.stop();
    }
  });

  it('is left with 1012 when the instance goes away, by whoever is in and by whoever comes', async () => {
    const chat = await TestChat.start({ env: { DIALECTS: 'plain-websocket' } });
    const { chatId, buyerId, sellerId } = await connectPair(chat);
    const plain = await PlainClient.connect(chat, chatId, { userId: buyerId });
    chat.marketplace.authMe = 'hang';
    const waiting = PlainClient.visit(chat, chatId, { userId: sellerId });
    await expect.poll(() => chat.marketplace.waiting, PATIENCE).toBe(1);

    await chat.instances[0]?.stop();

    expect(await plain.closed()).toBe(1012);
    await waiting.closed();
    chat.marketplace.release();
    await chat.stop();
  });
});
