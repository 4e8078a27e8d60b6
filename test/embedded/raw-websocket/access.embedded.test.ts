import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { watchSessionCuts } from '../../support/auth/session-cut-controls.js';
import { TestChat } from '../../support/chat/test-chat.js';
import {
  connectPair,
  createGroup,
  joinedPair,
  newUserId,
  type Pair,
  UNLIMITED,
} from '../../support/chats/participants.js';
import { LogCapture } from '../../support/process/log-capture.js';
import { PlainClient } from '../../support/raw-websocket/plain-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';

const SHOP = 'https://shop.example';

describe('who may use a plain WebSocket', () => {
  let chat: TestChat;
  let pair: Pair;
  let number: number;
  const logs = new LogCapture();
  const cutter = watchSessionCuts();

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({
      env: {
        ...UNLIMITED,
        DIALECTS: 'plain-websocket',
        FRONTEND_URL: SHOP,
        AUTH_EXPIRY_GRACE_SECONDS: '1',
        LOG_LEVEL: 'trace',
      },
      logDestination: logs,
    });
    pair = await joinedPair(chat);
    const seller = await PlainClient.connect(chat, pair.chatId, { userId: pair.sellerId });
    number = await seller.established();
    seller.close();
  });
  afterEach(() => {
    chat.marketplace.release();
  });
  afterAll(() => chat.stop());

  const path = () => `/ws/chat/${number}/`;
  const goodToken = () => chat.marketplace.token({ userId: pair.sellerId });

  describe('the token', () => {
    it('may come in the header, with or without Bearer', async () => {
      for (const Authorization of [`Bearer ${goodToken()}`, goodToken()]) {
        const client = PlainClient.dial(chat, path(), { headers: { Authorization } });
        expect(await client.established()).toBe(number);
      }
    });

    it('may come in the address or as the subprotocol, also behind a proxy that has its own in the header', async () => {
      for (const Authorization of ['Basic c3RhZ2luZzpwdw==', 'Bearer of-the-proxy']) {
        const headers = { Authorization };
        expect(await PlainClient.dial(chat, `${path()}?token=${goodToken()}`, { headers }).established()).toBe(number);
        const client = PlainClient.dial(chat, path(), { headers, protocols: ['bearer', goodToken()] });
        expect(await client.established()).toBe(number);
      }
    });

    it('may come in the address', async () => {
      const client = PlainClient.dial(chat, `${path()}?token=${goodToken()}`);
      expect(await client.established()).toBe(number);
    });

    it('may come as the subprotocol behind bearer, which is answered without it', async () => {
      const client = PlainClient.dial(chat, path(), { protocols: ['bearer', goodToken()] });
      expect(await client.established()).toBe(number);
      expect(client.socket.protocol).toBe('bearer');
    });

    it('stands in no line of the log, wherever it came', async () => {
      const token = goodToken();
      await PlainClient.dial(chat, path(), { headers: { Authorization: `Bearer ${token}` } }).established();
      await PlainClient.dial(chat, `${path()}?token=${token}`).established();
      await PlainClient.dial(chat, path(), { protocols: ['bearer', token] }).established();
      const forged = chat.marketplace.token({ userId: pair.sellerId, secret: 'of somebody else' });
      await PlainClient.dial(chat, `${path()}?token=${forged}`).closed();
      await PlainClient.dial(chat, `/ws/chat/nowhere/?token=${token}`).refused();

      expect(logs.entries.length).toBeGreaterThan(0);
      for (const secret of [token, forged]) {
        for (const part of secret.split('.')) {
          expect(logs.text).not.toContain(part === secret.split('.')[0] ? secret : part);
        }
      }
    });

    it.each([
      ['none', () => undefined],
      ['garbage', () => 'garbage'],
      ['one of somebody else’s making', () => chat.marketplace.token({ userId: pair.sellerId, secret: 'another' })],
      ['an unsigned one', () => chat.marketplace.token({ userId: pair.sellerId, algorithm: 'none' })],
      ['an expired one', () => chat.marketplace.token({ userId: pair.sellerId, expiresInSeconds: -1 })],
    ])('is no good: %s; the connection is closed with 4401 and nothing is told', async (_, token) => {
      const given = token();
      const headers = given === undefined ? {} : { Authorization: `Bearer ${given}` };
      const client = PlainClient.dial(chat, path(), { headers });

      expect(await client.closed()).toBe(4401);
      expect(client.frames).toEqual([]);
      expect(client.ended?.reason).toMatch(/^unable to connect; /);
    });

    it('cannot be checked while the marketplace is away: the client may try again', async () => {
      chat.marketplace.authMe = 503;
      const client = PlainClient.visit(chat, number, { userId: pair.sellerId });
      expect(await client.closed()).toBe(1013);
      chat.marketplace.authMe = 'user';
    });

    it('expires: the connection is closed with 4408', async () => {
      const token = chat.marketplace.token({ userId: pair.sellerId, expiresInSeconds: 2 });
      const client = PlainClient.dial(chat, `${path()}?token=${token}`);
      await client.established();
      expect(await client.closed()).toBe(4408);
    });

    it('counts no more once the user’s sessions are cut: the connection is closed with 4401', async () => {
      const { buyerId, chatId } = await connectPair(chat);
      const client = await PlainClient.connect(chat, chatId, { userId: buyerId });
      await cutter().cut(String(buyerId));
      expect(await client.closed()).toBe(4401);
    });
  });

  describe('an outsider', () => {
    it.each([
      { what: 'the integer of a chat of others', chatId: () => number },
      { what: 'the UUID of a chat of others', chatId: () => pair.chatId },
      { what: 'an integer that no chat has', chatId: () => 536_870_000 },
      { what: 'an integer beyond all chats', chatId: () => Number.MAX_SAFE_INTEGER },
      { what: 'zero', chatId: () => 0 },
      { what: 'a UUID that no chat has', chatId: () => randomUUID() },
    ])('at $what is closed out with 4403, without a word', async ({ chatId }) => {
      const client = PlainClient.visit(chat, chatId(), { userId: newUserId() });

      expect(await client.closed()).toBe(4403);
      expect(client.ended?.reason).toBe('unable to join chat; no chat of yours has this id');
      expect(client.frames).toEqual([]);
    });

    it('changes nothing by talking, however early', async () => {
      const { buyer, chatId } = pair;
      const before = await buyer.get('chat:get', { chatId });
      const outsider = PlainClient.visit(chat, number, { userId: newUserId() });
      outsider.socket.once('open', () => {
        outsider.send({ type: 'message', text: 'let me in' });
        outsider.send({ type: 'typing', is_typing: true });
        outsider.send({ type: 'read_messages' });
      });

      expect(await outsider.closed()).toBe(4403);
      await buyer.barrier();
      expect(await buyer.get('chat:get', { chatId })).toEqual(before);
      expect(buyer.received('typing:start')).toEqual([]);
    });
  });

  describe('a member who is removed', () => {
    it('is closed out with 4403, hears nothing from then on, and does not come in again', async () => {
      const [ownerId, memberId] = [newUserId(), newUserId()];
      const owner = await chat.connect(ownerId);
      const chatId = await createGroup(owner, [memberId]);
      const member = await PlainClient.connect(chat, chatId, { userId: memberId });

      await owner.get('group:remove', { chatId, userId: memberId });
      await owner.get('message:send', { chatId, text: 'among ourselves' });

      expect(await member.closed()).toBe(4403);
      expect(member.messages().map(({ text }) => text)).not.toContain('among ourselves');
      expect(await PlainClient.visit(chat, chatId, { userId: memberId }).closed()).toBe(4403);
    });

    it('keeps his connections to other chats', async () => {
      const [ownerId, memberId] = [newUserId(), newUserId()];
      const owner = await chat.connect(ownerId);
      const [left, kept] = [await createGroup(owner, [memberId]), await createGroup(owner, [memberId])];
      const gone = await PlainClient.connect(chat, left, { userId: memberId });
      const stays = await PlainClient.connect(chat, kept, { userId: memberId });

      await owner.get('group:remove', { chatId: left, userId: memberId });

      expect(await gone.closed()).toBe(4403);
      await stays.barrier();
      expect(stays.ended).toBeNull();
    });
  });

  describe('the origin', () => {
    const dial = (headers: Record<string, string>) =>
      PlainClient.dial(chat, `${path()}?token=${goodToken()}`, { headers });

    it('is listed, or there is none', async () => {
      expect(await dial({ Origin: SHOP }).established()).toBe(number);
      expect(await dial({}).established()).toBe(number);
    });

    it.each(['https://evil.example', 'null', `${SHOP}/`, `${SHOP}.evil.example`, 'http://shop.example', `${SHOP}, x`])(
      '%s is refused before anything else',
      async (origin) => {
        const client = dial({ Origin: origin });
        expect(await client.refused()).toBe(403);
        expect(client.frames).toEqual([]);
      },
    );
  });
});
