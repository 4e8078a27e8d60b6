import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { type CommandName, commands, type EventName, events } from '../../../src/contract/index.js';
import { AdminClient, WITH_ADMIN } from '../../support/admin/admin-client.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { connectPair, type Pair, UNLIMITED } from '../../support/chats/participants.js';
import { ERROR_SENTENCE, expectRefusal } from '../../support/chats/refusal.js';

/** Unknown keys would be dropped by parsing, so that what comes out must be what went in. */
function expectToFit(schema: z.ZodType, value: unknown, name: string): void {
  expect(schema.parse(value), name).toEqual(value);
}

describe('everything the service says in a whole conversation', () => {
  let folder: string;
  const running: TestChat[] = [];
  const answered = new Map<CommandName, unknown>();

  async function start(): Promise<TestChat> {
    const chat = await TestChat.start({
      env: { ...UNLIMITED, ...WITH_ADMIN, DATA_DIR: folder, TYPING_TTL_SECONDS: '1', AUTH_EXPIRY_GRACE_SECONDS: '60' },
    });
    running.push(chat);
    return chat;
  }

  async function ask(client: TestClient, command: CommandName, payload: unknown): Promise<void> {
    const answer = await client.askRaw(command, payload);
    if (!answer.success) {
      throw new Error(`${command} failed: ${answer.error.message}`);
    }
    answered.set(command, answer.data);
  }

  async function talkInGroup({ buyer, seller, sellerId }: Pair): Promise<void> {
    await ask(buyer, 'chat:create', { type: 'group', name: 'Delivery', userIds: [sellerId], clientChatId: 'g' });
    const { id: groupId } = await seller.event('chat:created', ({ type }) => type === 'group');
    await ask(buyer, 'group:add', { chatId: groupId, userIds: ['courier', 7] });
    await ask(buyer, 'group:role', { chatId: groupId, userId: 7, role: 'moderator' });
    await ask(buyer, 'group:rename', { chatId: groupId, name: 'Delivery on Monday' });
    await ask(buyer, 'group:remove', { chatId: groupId, userId: sellerId });
    await seller.event('chat:removed');
    await ask(buyer, 'group:leave', { chatId: groupId });
  }

  /** A message sent once more to an instance that never showed it is the one thing that brings `sync:required` here. */
  async function sendAgainAfterRestart(pair: Pair, message: { text: string; clientMessageId: string }): Promise<void> {
    const { chatId } = pair;
    const restarted = await start();
    const [buyer, seller] = [await restarted.connect(pair.buyerId), await restarted.connect(pair.sellerId)];
    await seller.get('chat:join', { chatId });
    await ask(buyer, 'chat:sync', { chats: [{ chatId, rev: 0 }] });
    await ask(seller, 'message:send', { chatId, ...message });
    await seller.event('sync:required');
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-data-'));
    const chat = await start();
    const pair = await connectPair(chat);
    const { buyer, buyerId, seller, sellerId, chatId } = pair;
    const keyed = { text: 'seen', clientMessageId: 'k' };
    await ask(buyer, 'chat:create', { buyerId, sellerId, productId: 'sku-1' });
    await ask(buyer, 'chat:get', { chatId });
    await ask(buyer, 'chat:join', { chatId });
    await ask(buyer, 'message:send', { chatId, text: 'unseen', productId: 2 });
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'to be edited' });
    await ask(seller, 'chat:join', { chatId });
    await ask(seller, 'message:send', { chatId, ...keyed });
    await ask(seller, 'message:delivered', { chatId, seq: 1 });
    await ask(buyer, 'message:read', { chatId });
    await ask(buyer, 'message:edit', { chatId, messageId, text: 'edited' });
    await ask(seller, 'message:react', { chatId, messageId, emoji: '👍' });
    await ask(seller, 'message:unreact', { chatId, messageId, emoji: '👍' });
    await ask(buyer, 'message:delete', { chatId, messageId });
    await ask(buyer, 'message:get', { chatId, messageId });
    const photo = { name: 'table.jpg', size: 1, mimeType: 'image/jpeg' };
    await ask(buyer, 'upload:create', { chatId, ...photo });
    const attachments = [{ url: 'https://files.example/table.jpg', ...photo }];
    await ask(seller, 'message:send', { chatId, text: '', attachments, replyTo: messageId });
    await ask(buyer, 'message:send', { chatId, text: 'fine', replyTo: messageId });
    await ask(buyer, 'chat:history', { chatId, limit: 1 });
    await ask(buyer, 'chat:list', undefined);
    await ask(seller, 'chat:unread-count', undefined);
    await ask(buyer, 'chat:settings', { chatId, mutedUntil: '2999-01-01T00:00:00Z' });
    await ask(buyer, 'chat:hide', { chatId });
    await ask(buyer, 'typing:start', { chatId });
    await ask(buyer, 'typing:stop', { chatId });
    await ask(buyer, 'users:online', {});
    await ask(buyer, 'auth:refresh-token', { token: chat.marketplace.token({ userId: buyerId }) });
    const { id: theirMessageId } = await seller.get('message:send', { chatId, text: 'a dubious offer' });
    await ask(buyer, 'message:report', { chatId, messageId: theirMessageId, reason: 'fraud', comment: 'look' });
    await ask(buyer, 'user:status', { userId: sellerId });
    await ask(buyer, 'status:update', { status: 'invisible' });
    await ask(buyer, 'status:update', { status: 'online' });
    await ask(buyer, 'user:block', { userId: 'somebody else' });
    await ask(buyer, 'users:blocked', {});
    await ask(buyer, 'user:unblock', { userId: 'somebody else' });
    await vi.waitFor(
      async () => expect((await buyer.get('message:search', { query: 'dubious' })).results).toHaveLength(1),
      { timeout: 20_000 },
    );
    await ask(buyer, 'message:search', { query: 'dubious' });
    await ask(buyer, 'chat:leave', { chatId });
    await talkInGroup(pair);
    const admin = AdminClient.of(chat);
    await admin.get('POST /admin/chats/:chatId/messages', {
      chatId,
      text: 'Closed',
      code: 'closed',
      params: { days: 30 },
    });
    await admin.get('POST /admin/chats/:chatId/close', { chatId });
    await admin.get('POST /admin/chats/:chatId/reopen', { chatId });
    await buyer.event('chat:reopened');
    buyer.tell('users:online');
    buyer.tell('message:send', { chatId, text: '' });
    await buyer.event('users:online');
    await buyer.event('error');
    await seller.event('typing:stop');

    buyer.close();
    await seller.event('user:offline');
    await chat.connect(buyerId);
    await seller.event('user:online');
    await chat.dial().event('auth:error');
    const shortLived = chat.marketplace.token({ userId: sellerId, expiresInSeconds: 1 });
    await (await chat.connect(sellerId, { token: shortLived })).event('auth:token-expired');
    await Promise.all(chat.instances.map((instance) => instance.stop()));
    await seller.event('server:draining');
    await sendAgainAfterRestart(pair, keyed);
  });
  afterAll(async () => {
    await Promise.all(running.map((chat) => chat.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  const clients = (): TestClient[] => running.flatMap((chat) => chat.clients);

  it('is made of all the events of the contract and no other', () => {
    const emitted = clients().flatMap(({ log }) => log.map(({ event }) => event));
    const own = new Set(['disconnect', 'connect_error']);
    expect(new Set(emitted.filter((event) => !own.has(event)))).toEqual(new Set(Object.keys(events)));
  });

  it.each(Object.keys(events) as EventName[])('fits the contract in every %s', (name) => {
    const payloads = clients().flatMap((client) => client.received(name));
    expect(payloads.length).toBeGreaterThan(0);
    for (const payload of payloads) {
      expectToFit(events[name].payload, payload, name);
    }
  });

  it.each(Object.keys(commands) as CommandName[])('fits the contract in the answer to %s', (name) => {
    expect(answered.has(name)).toBe(true);
    expectToFit(commands[name].data, answered.get(name), name);
  });
});

describe('every refusal', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  it('reads "unable to <operation>; <reason>", to a callback and as an event', async () => {
    const { buyer, buyerId, seller, sellerId, chatId } = await connectPair(chat);
    const nowhere = '0190b3a0-0000-7000-8000-000000000000';
    const photo = { name: 'table.jpg', size: 1, mimeType: 'image/jpeg' };
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'first', clientMessageId: 'k' });
    const { id: theirs } = await seller.get('message:send', { chatId, text: 'not yours' });
    const refused = [
      ['VALIDATION_FAILED', 'chat:create', null],
      ['VALIDATION_FAILED', 'chat:create', { buyerId, sellerId: buyerId }],
      ['FORBIDDEN', 'chat:create', { buyerId: sellerId, sellerId: 'someone else' }],
      ['CHAT_NOT_FOUND', 'chat:join', { chatId: nowhere }],
      ['CHAT_NOT_FOUND', 'message:send', { chatId: nowhere, text: 'x' }],
      ['MESSAGE_EMPTY', 'message:send', { chatId, text: ' ' }],
      ['MESSAGE_TOO_LONG', 'message:send', { chatId, text: 'x'.repeat(4_001) }],
      ['DUPLICATE_CLIENT_ID', 'message:send', { chatId, text: 'second', clientMessageId: 'k' }],
      ['CHAT_NOT_FOUND', 'message:read', { chatId: 'no uuid' }],
      ['CHAT_NOT_FOUND', 'message:delivered', { chatId: nowhere }],
      ['MESSAGE_NOT_FOUND', 'message:read', { chatId, messageId: nowhere }],
      ['MESSAGE_NOT_FOUND', 'message:delete', { chatId, messageId: nowhere }],
      ['FORBIDDEN', 'message:delete', { chatId, messageId: theirs }],
      ['FORBIDDEN', 'message:edit', { chatId, messageId: theirs, text: 'x' }],
      ['MESSAGE_EMPTY', 'message:edit', { chatId, messageId, text: '' }],
      ['MESSAGE_TOO_LONG', 'message:edit', { chatId, messageId, text: 'x'.repeat(4_001) }],
      ['MESSAGE_NOT_FOUND', 'message:send', { chatId, text: 'x', replyTo: nowhere }],
      ['ATTACHMENT_REFUSED', 'message:send', { chatId, text: '', attachments: [{ ...photo, url: 'javascript:x' }] }],
      ['VALIDATION_FAILED', 'message:send', { chatId, text: 'x', type: 'image' }],
      ['MESSAGE_NOT_FOUND', 'message:get', { chatId, messageId: nowhere }],
      ['MESSAGE_NOT_FOUND', 'message:react', { chatId, messageId: nowhere, emoji: '👍' }],
      ['VALIDATION_FAILED', 'message:react', { chatId, messageId, emoji: 'x' }],
      ['ATTACHMENT_REFUSED', 'upload:create', { chatId, ...photo, mimeType: 'text/html' }],
      ['VALIDATION_FAILED', 'user:block', { userId: buyerId }],
      ['MESSAGE_NOT_FOUND', 'message:report', { chatId, messageId: nowhere, reason: 'spam' }],
      ['FORBIDDEN', 'message:report', { chatId, messageId, reason: 'spam' }],
      ['CHAT_NOT_FOUND', 'message:search', { chatId: nowhere, query: 'x' }],
      ['UNKNOWN_EVENT', 'chat:destroy', { chatId }],
      ['TOKEN_INVALID', 'auth:refresh-token', { token: 'garbage' }],
      ['TOKEN_USER_MISMATCH', 'auth:refresh-token', { token: chat.marketplace.token({ userId: sellerId }) }],
    ] as const;

    for (const [code, command, payload] of refused) {
      expectRefusal(await buyer.failure(command, payload), code);
      const seen = buyer.received('error').length;
      buyer.tell(command, payload);
      await expect.poll(() => buyer.received('error').length, { timeout: 10_000 }).toBe(seen + 1);
      const failure = buyer.received('error').at(-1);
      expect(failure).toEqual({ code, event: command, message: expect.stringMatching(ERROR_SENTENCE) });
    }
  });
});
