import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import type { TestClient } from '../support/chat/test-client.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('typing over two instances', (services) => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        TYPING_TTL_SECONDS: '1',
      },
    });
  });
  afterAll(() => chat.stop());

  /** Both have joined, the buyer on instance 0, the seller on instance 1. */
  async function conversation(buyerId: number, sellerId: number) {
    const buyer = await chat.connect(buyerId);
    const seller = await chat.connect(sellerId, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId });
    await buyer.get('chat:join', { chatId });
    await seller.get('chat:join', { chatId });
    return { buyer, seller, chatId };
  }

  const stops = (client: TestClient) => client.received('typing:stop').length;

  it('is shown and taken back on the other one, and not shown to the typist', async () => {
    const { buyer, seller, chatId } = await conversation(11, 12);
    const buyersOtherTab = await chat.connect(11, { instance: 1 });
    await buyersOtherTab.get('chat:join', { chatId });

    await buyer.get('typing:start', { chatId });
    expect(await seller.event('typing:start')).toEqual({ chatId, userId: 11, expiresInMs: 1_000 });
    await buyer.get('typing:stop', { chatId });
    expect(await seller.event('typing:stop')).toEqual({ chatId, userId: 11 });

    await buyersOtherTab.barrier();
    expect(buyersOtherTab.received('typing:start')).toEqual([]);
    expect(buyersOtherTab.received('typing:stop')).toEqual([]);
  });

  it('is part of what joining on the other one answers', async () => {
    const { buyer, seller, chatId } = await conversation(21, 22);
    const listed = async () => {
      // Renewed at every look, because a sign lives for one second here.
      await buyer.get('typing:start', { chatId });
      return (await seller.get('chat:join', { chatId })).typing;
    };

    await expect.poll(listed).toEqual([21]);
  });

  it('that lapses is announced once, though both look for what has lapsed', async () => {
    const { buyer, seller, chatId } = await conversation(31, 32);

    await buyer.get('typing:start', { chatId });
    await seller.event('typing:stop');
    // A second lapse: what doubles the first would have come before it.
    await buyer.get('typing:start', { chatId });
    await vi.waitFor(() => expect(stops(seller)).toBeGreaterThan(1), { timeout: 10_000 });

    expect(stops(seller)).toBe(2);
    expect(seller.received('typing:start')).toHaveLength(2);
  });
});
