import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClusterLink } from '../../../src/cluster/cluster-link.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { RedisClients } from '../../../src/redis/redis-clients.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { ClusterTraffic } from '../../support/cluster/cluster-traffic.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';
import type { ServerProcess } from '../../support/services/server-process.js';

const PREFIX = 'sync-required';
/** More than make a silent instance count as dead, and its death a reason to sync. */
const ENOUGH_BEATS = 9;

describeWithPrivateServers('two instances whose Redis or whose peer goes away', (servers) => {
  let postgres: ServerProcess;
  let redis: ServerProcess;
  let chat: TestChat;
  let traffic: ClusterTraffic;
  let buyer: TestClient;
  let seller: TestClient;

  beforeEach(async () => {
    postgres ??= await servers.startPostgres();
    redis ??= await servers.startRedis();
    chat = await TestChat.start({
      instances: 2,
      env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, REDIS_CHANNEL_PREFIX: PREFIX },
    });
    traffic = await ClusterTraffic.listen(redis.url, PREFIX);
    buyer = await chat.connect(1, { instance: 0 });
    seller = await chat.connect(2, { instance: 1 });
  });

  afterEach(async () => {
    traffic.stop();
    await chat.stop();
  });

  async function joinChat(): Promise<string> {
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 });
    await buyer.get('chat:join', { chatId });
    await seller.get('chat:join', { chatId });
    return chatId;
  }

  /** Each instance that lives beats once a second: the clock of these tests. */
  async function beats(count: number, instances: number): Promise<void> {
    const { length } = traffic.beats;
    await vi.waitFor(() => expect(traffic.beats.length - length).toBeGreaterThanOrEqual(count * instances), {
      timeout: 20_000,
    });
  }

  test('after Redis restarted, the sockets of both are told to sync, and live events cross again', async () => {
    const chatId = await joinChat();

    await redis.restart();
    await Promise.all([buyer.event('sync:required'), seller.event('sync:required')]);
    const { id } = await buyer.get('message:send', { chatId, text: 'after the storm' });

    await expect(seller.event('message:new', (message) => message.id === id)).resolves.toBeDefined();
  });

  test('sockets are told to sync when they may: what the sync cannot have seen arrives live', async () => {
    const chatId = await joinChat();
    await redis.kill();
    await buyer.get('message:send', { chatId, text: 'into the dark' });
    await redis.start();

    await seller.event('sync:required');
    const { id } = await buyer.get('message:send', { chatId, text: 'seen' });
    await seller.event('message:new', (message) => message.id === id);
    const synced = await seller.get('chat:sync', { chats: [{ chatId, rev: 0 }] });

    expect(synced.chats[0]?.messages.map(({ text }) => text).slice(-2)).toEqual(['into the dark', 'seen']);
  });

  test('after a peer died without a goodbye, all sockets are told to sync', async () => {
    const dying = await joinAsPeer();
    await beats(2, 3);
    expect(buyer.received('sync:required')).toEqual([]);

    dying.crash();

    const [first] = await Promise.all([buyer.event('sync:required'), seller.event('sync:required')]);
    expect(first.spreadMs).toBeGreaterThan(0);
  });

  test('after a clean stop of an instance, nobody is told to sync', async () => {
    await joinChat();
    await chat.instances[1]?.stop();

    await beats(ENOUGH_BEATS, 1);

    expect(buyer.received('sync:required')).toEqual([]);
  });

  test('after a clean start of an instance, nobody is told to sync', async () => {
    const started = await joinAsPeer();

    await beats(3, 3);

    expect([...buyer.received('sync:required'), ...seller.received('sync:required')]).toEqual([]);
    await started.leave();
  });

  /** A third instance, reduced to its link, over connections of its own that a crash can cut. */
  async function joinAsPeer(): Promise<{ crash(): void; leave(): Promise<void> }> {
    const { config } = loadConfig({ NODE_ENV: 'test', DATABASE_URL: postgres.url, REDIS_URL: redis.url });
    if (config.redis === null) {
      throw new Error('unable to join as a peer; the configuration names no Redis');
    }
    const clients = await RedisClients.connect(config.redis, () => undefined);
    const link = new ClusterLink({ id: randomUUID(), prefix: PREFIX, redis: clients });
    await link.start();
    const cut = (): void => {
      for (const client of [clients.commands, clients.publisher, clients.subscriber]) {
        client.disconnect();
      }
    };
    return {
      crash: () => {
        cut();
        void link.stop();
      },
      leave: async () => {
        await link.stop();
        await clients.close();
      },
    };
  }
});
