import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { ClusterTraffic } from '../../support/cluster/cluster-traffic.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('two instances on one Redis', (services) => {
  let chat: TestChat;
  let traffic: ClusterTraffic;
  let lastUser = 0;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        RATE_LIMIT_COMMANDS: '10000',
        RATE_LIMIT_MESSAGES: '10000',
      },
    });
    traffic = await ClusterTraffic.listen(services.redisUrl(), services.channelPrefix());
  });

  afterAll(async () => {
    traffic.stop();
    await chat.stop();
  });

  beforeEach(() => {
    traffic.events.length = 0;
  });

  /** A buyer on instance 0, a seller on the one given, and their chat. */
  async function pair(sellerInstance: number): Promise<{ buyer: TestClient; seller: TestClient; chatId: string }> {
    const [buyerId, sellerId] = [++lastUser, ++lastUser];
    const buyer = await chat.connect(buyerId, { instance: 0 });
    const seller = await chat.connect(sellerId, { instance: sellerInstance });
    const { id } = await buyer.get('chat:create', { buyerId, sellerId });
    await seller.event('chat:created');
    return { buyer, seller, chatId: id };
  }

  const about = (name: string): string[] => traffic.events.filter((event) => event.startsWith(name));

  /** Whatever was sent before it has been heard once a typing sign has crossed from instance 0 to instance 1. */
  async function trafficBarrier(): Promise<void> {
    const { buyer, seller, chatId } = await pair(1);
    await seller.get('chat:join', { chatId });
    await buyer.get('typing:start', { chatId });
    await vi.waitFor(() => expect(about('typing:start').length).toBeGreaterThan(0));
  }

  test('a message among sockets of one instance never leaves it', async () => {
    const { buyer, seller, chatId } = await pair(0);
    await buyer.get('chat:join', { chatId });
    await seller.get('chat:join', { chatId });

    await buyer.get('message:send', { chatId, text: 'here' });
    await seller.event('message:new');
    await trafficBarrier();

    expect(about('message')).toEqual([]);
  });

  test('a notification for a socket of the same instance does not leave it either', async () => {
    const { buyer, seller, chatId } = await pair(0);
    await buyer.get('chat:join', { chatId });

    await buyer.get('message:send', { chatId, text: 'ping' });
    await seller.event('message:notification');
    await trafficBarrier();

    expect(about('message')).toEqual([]);
  });

  test('a message for a socket of the other instance travels once, and takes no notification along where all joined', async () => {
    const { buyer, seller, chatId } = await pair(1);
    await buyer.get('chat:join', { chatId });
    await seller.get('chat:join', { chatId });

    await buyer.get('message:send', { chatId, text: 'there' });
    await seller.event('message:new');
    await trafficBarrier();

    expect(about('message')).toEqual(['message:new']);
    expect(seller.received('message:notification')).toEqual([]);
  });

  test('a second socket that did not join is notified from the other instance, and no more once it has joined', async () => {
    const { buyer, seller, chatId } = await pair(1);
    await seller.get('chat:join', { chatId });
    const phone = await chat.connect(lastUser, { instance: 1 });

    await buyer.get('message:send', { chatId, text: 'first' });
    expect(await phone.event('message:notification')).toMatchObject({ chatId, unreadCount: 1 });
    await phone.get('chat:join', { chatId });
    await buyer.get('message:send', { chatId, text: 'second' });
    await phone.event('message:new', ({ text }) => text === 'second');
    await trafficBarrier();

    expect(phone.received('message:notification')).toHaveLength(1);
    expect(about('message:notification')).toHaveLength(1);
  });

  test('a socket that left the chat is notified again from the other instance', async () => {
    const { buyer, seller, chatId } = await pair(1);
    await seller.get('chat:join', { chatId });
    await seller.get('chat:leave', { chatId });

    await buyer.get('message:send', { chatId, text: 'still there?' });

    expect(await seller.event('message:notification')).toMatchObject({ chatId });
    expect(seller.received('message:new')).toEqual([]);
  });

  test('a message sent right after a join is acked on the other instance reaches who joined', async () => {
    const pairs = await Promise.all(Array.from({ length: 40 }, () => pair(1)));

    await Promise.all(
      pairs.map(async ({ buyer, seller, chatId }) => {
        await seller.get('chat:join', { chatId });
        const { id } = await buyer.get('message:send', { chatId, text: 'right away' });
        await expect(seller.event('message:new')).resolves.toMatchObject({ id });
      }),
    );
  });

  test('a user who is welcomed on one instance misses no notification of the other from then on', async () => {
    const { buyer, seller, chatId } = await pair(1);
    const sellerId = lastUser;
    seller.close();

    for (let round = 0; round < 10; round++) {
      const again = await chat.connect(sellerId, { instance: 1 });
      const { id } = await buyer.get('message:send', { chatId, text: `round ${round}` });
      await again.event('message:notification', ({ message }) => message.id === id);
      again.close();
    }
  });

  test('nobody was told to sync', () => {
    expect(chat.clients.flatMap((client) => client.received('sync:required'))).toEqual([]);
  });
});
