import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DemoStack } from '../../../demo/demo-stack.js';
import { startTestDemo } from './running-demo.js';
import { DocumentedClient } from './seed/documented-client.js';
import * as documented from './seed/documented-snippets.js';

const BUYER = 123;
const SELLER = 456;

/** For whatever crosses the wire; two cores that are busy with other suites are slow. */
const PATIENCE = { timeout: 10_000 };

let demo: DemoStack;
let clients: DocumentedClient[] = [];

beforeAll(async () => {
  demo = await startTestDemo();
});

afterAll(async () => {
  await demo.stop();
});

afterEach(() => {
  for (const { socket } of clients) {
    socket.disconnect();
  }
  clients = [];
});

function frontend(connectCode: string, token: string): DocumentedClient {
  const client = new DocumentedClient(connectCode, { serviceUrl: demo.service.url, token, placeholders: {} });
  clients.push(client);
  client.run(documented.listeners);
  client.run(documented.onAuthError);
  client.run(documented.onTokenExpired);
  return client;
}

/** A buyer and a seller in one chat, brought there by documented code alone. */
async function conversation(): Promise<{ buyer: DocumentedClient; seller: DocumentedClient; chatId: string }> {
  const buyer = frontend(documented.connectWithAuth, demo.marketplace.issueToken(BUYER));
  const seller = frontend(documented.connectWithQuery, demo.marketplace.issueToken(SELLER));
  await expect.poll(() => buyer.socket.connected && seller.socket.connected, PATIENCE).toBe(true);
  buyer.run(documented.createChat);
  await expect.poll(() => buyer.logged('Chat created:'), PATIENCE).toHaveLength(1);
  const { id: chatId } = buyer.logged('Chat created:')[0] as { id: string };
  for (const client of [buyer, seller]) {
    client.fillIn('uuid', chatId);
    client.run(documented.joinChat);
  }
  await typesUntilSeen(buyer, seller);
  await typesUntilSeen(seller, buyer);
  return { buyer, seller, chatId };
}

/**
 * Without acks nobody knows when a join is through: typing starts and stops until the other sees it. It has to stop in
 * between, for the service does not repeat a sign that stands already.
 */
async function typesUntilSeen(one: DocumentedClient, other: DocumentedClient): Promise<void> {
  await expect
    .poll(() => {
      one.run(documented.stopTyping);
      one.run(documented.startTyping);
      return other.logged('User typing:').length;
    }, PATIENCE)
    .toBeGreaterThan(0);
}

describe('the documented client code, unchanged', () => {
  it('opens a chat of which both hear', async () => {
    const buyer = frontend(documented.connectWithAuth, demo.marketplace.issueToken(BUYER));
    const seller = frontend(documented.connectWithQuery, demo.marketplace.issueToken(SELLER));
    await expect.poll(() => buyer.socket.connected && seller.socket.connected, PATIENCE).toBe(true);
    buyer.run(documented.createChat);
    const chat = { id: expect.any(String), buyerId: BUYER, sellerId: SELLER, createdAt: expect.any(String) };
    for (const client of [buyer, seller]) {
      await expect.poll(() => client.logged('Chat created:'), PATIENCE).toEqual([expect.objectContaining(chat)]);
    }
  });

  it('sends a message that both receive, with every documented field', async () => {
    const { buyer, seller, chatId } = await conversation();
    buyer.run(documented.sendMessage);
    const message = {
      id: expect.any(String),
      chatId,
      senderId: BUYER,
      text: 'Текст сообщения',
      productId: 123,
      createdAt: expect.any(String),
    };
    for (const client of [buyer, seller]) {
      await expect.poll(() => client.logged('New message:'), PATIENCE).toEqual([expect.objectContaining(message)]);
    }
  });

  it('shows typing, and its end', async () => {
    const { buyer, seller, chatId } = await conversation();
    expect(seller.logged('User typing:')[0]).toMatchObject({ chatId, userId: BUYER });
    buyer.run(documented.stopTyping);
    await expect.poll(() => seller.logged('User stopped typing:'), PATIENCE).toContainEqual({ chatId, userId: BUYER });
  });

  it('shows who goes and who comes', async () => {
    const { buyer, seller } = await conversation();
    seller.socket.disconnect();
    const sellerIs = expect.objectContaining({ userId: SELLER });
    await expect.poll(() => buyer.logged('User offline:'), PATIENCE).toContainEqual(sellerIs);
    const before = buyer.logged('User online:').length;
    frontend(documented.connectWithAuth, demo.marketplace.issueToken(SELLER));
    await expect.poll(() => buyer.logged('User online:').slice(before), PATIENCE).toContainEqual(sellerIs);
  });

  it('lists who is online as an event, for it has no ack', async () => {
    const { buyer } = await conversation();
    const lists: unknown[] = [];
    buyer.socket.on('users:online', (list) => lists.push(list));
    buyer.run(documented.listOnlineUsers);
    await expect.poll(() => lists, PATIENCE).toEqual([{ userIds: [SELLER] }]);
  });

  it('is told of an expired token, and refreshes it', async () => {
    const client = frontend(documented.connectWithAuth, demo.marketplace.issueToken(BUYER, 3));
    await expect
      .poll(() => client.logged('Token expired:'), PATIENCE)
      .toEqual([{ error: 'Token expired', code: 'TOKEN_EXPIRED' }]);
    client.fillIn('new-jwt-token', demo.marketplace.issueToken(BUYER));
    client.run(documented.refreshToken);
    await expect.poll(() => client.logged('Token refreshed successfully'), PATIENCE).toHaveLength(1);
    expect(client.socket.connected).toBe(true);
  });

  it.each([documented.connectWithAuth, documented.connectWithQuery])(
    'is told that the placeholder of a token is none',
    async (connectCode) => {
      const client = frontend(connectCode, 'your-jwt-token');
      await expect
        .poll(() => client.logged('Auth error:'), PATIENCE)
        .toEqual([{ error: expect.any(String), code: 'TOKEN_INVALID' }]);
      await expect.poll(() => client.socket.connected, PATIENCE).toBe(false);
    },
  );
});
