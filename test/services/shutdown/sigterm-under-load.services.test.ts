import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Message } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { ChildService } from '../../support/process/child-service.js';
import { describeWithServices } from '../../support/services/test-services.js';

const SELLER = 1;
const BUYERS = [11, 12, 13, 14, 15];
const IN_FLIGHT_EACH = 4;
const ACKED_BEFORE_SIGTERM = 200;

describeWithServices('an instance that gets SIGTERM under load', (services) => {
  /** The instance that stays. */
  let chat: TestChat;
  let leaving: ChildService;
  let env: Record<string, string>;

  beforeEach(async () => {
    env = {
      ...(await serviceEnvironment(services)),
      RATE_LIMIT_MESSAGES: '1000000',
    };
    chat = await TestChat.start({ env });
    env = { ...env, MARKETPLACE_API_URL: chat.marketplace.url, JWT_SECRET: chat.marketplace.secret, LOG_LEVEL: 'warn' };
    leaving = await ChildService.start(env);
  });
  afterEach(async () => {
    await leaving.end();
    await chat.stop();
  });

  it('acks what it has stored, tells its clients to go, takes its users offline and exits with 0', async () => {
    const seller = await chat.connect(SELLER);
    const senders = await Promise.all(BUYERS.map((buyerId) => sender(buyerId)));
    const acked: Message[] = [];

    await Promise.all(
      senders.flatMap(({ client, chatId }) =>
        Array.from({ length: IN_FLIGHT_EACH }, async () => {
          for await (const message of messagesUntilRefused(client, chatId)) {
            acked.push(message);
            if (acked.length === ACKED_BEFORE_SIGTERM) {
              leaving.signal('SIGTERM');
            }
          }
        }),
      ),
    );

    expect(await leaving.ended).toEqual({ code: 0, signal: null });
    for (const { client, chatId } of senders) {
      expect(client.received('server:draining')).toEqual([{ reconnectInMs: expect.any(Number) }]);
      expect(await client.disconnected()).toBe('transport close');
      const own = acked.filter((message) => message.chatId === chatId).sort((one, other) => one.seq - other.seq);
      expect(await wholeHistory(seller, chatId)).toEqual(own);
    }
    for (const buyerId of BUYERS) {
      await seller.event('user:offline', ({ userId }) => userId === buyerId);
    }
    expect(seller.received('user:offline')).toHaveLength(BUYERS.length);
    expect(await seller.get('users:online', {})).toEqual({ userIds: [] });
    expect(await onlineKeys()).toEqual({ set: [String(SELLER)], signs: [`user:${SELLER}:online`] });
  });

  it('sees its clients come back by themselves to the instance that takes its place', async () => {
    const client = await chat.connect(BUYERS[0] as number, { url: leaving.url });
    client.socket.io.reconnection(true).reconnectionDelay(50).reconnectionDelayMax(200);

    leaving.signal('SIGTERM');
    expect(await client.disconnected()).toBe('transport close');
    await leaving.ended;
    leaving = await ChildService.start({ ...env, PORT: new URL(leaving.url).port });

    await vi.waitFor(() => expect(client.received('connection:success')).toHaveLength(2), { timeout: 10_000 });
    await client.get('users:online', {});
  });

  async function sender(buyerId: number): Promise<{ client: TestClient; chatId: string }> {
    const client = await chat.connect(buyerId, { url: leaving.url });
    const { id: chatId } = await client.get('chat:create', { buyerId, sellerId: SELLER });
    return { client, chatId };
  }

  async function onlineKeys(): Promise<{ set: string[]; signs: string[] }> {
    const redis = new Redis(services.redisUrl());
    try {
      return { set: await redis.smembers('online:users'), signs: await redis.keys('user:*:online') };
    } finally {
      redis.disconnect();
    }
  }
});

/** Sends one message after the other until one is refused or the connection goes; yields what was acked. */
async function* messagesUntilRefused(client: TestClient, chatId: string): AsyncGenerator<Message> {
  for (;;) {
    const answer = await client.ask('message:send', { chatId, text: 'and another one' }).catch(() => null);
    if (answer === null) {
      return;
    }
    if (!answer.success) {
      expect(answer.error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      return;
    }
    yield answer.data;
  }
}

async function wholeHistory(client: TestClient, chatId: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const afterSeq = messages.at(-1)?.seq ?? 0;
    const page = await client.get('chat:history', { chatId, afterSeq, limit: 200 });
    messages.push(...page.messages);
    if (!page.hasMore) {
      return messages;
    }
  }
}
