import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { ChildService } from '../support/process/child-service.js';
import { describeWithServices } from '../support/services/test-services.js';

const BUYER = 1;
const SELLER = 2;

/** Two instances in this process look on while a third, in a process of its own, is killed without a goodbye. */
describeWithServices('an instance that crashes', (services) => {
  let survivors: TestChat;
  let crashing: ChildService;

  beforeEach(async () => {
    const env = {
      ...(await serviceEnvironment(services)),
      PRESENCE_TTL_SECONDS: '3',
      TYPING_TTL_SECONDS: '1',
    };
    survivors = await TestChat.start({ instances: 2, env });
    crashing = await ChildService.start({
      ...env,
      MARKETPLACE_API_URL: survivors.marketplace.url,
      JWT_SECRET: survivors.marketplace.secret,
      LOG_LEVEL: 'warn',
    });
  });
  afterEach(async () => {
    await crashing.end();
    await survivors.stop();
  });

  const connectToCrashing = (userId: number) => survivors.connect(userId, { url: crashing.url });

  it('talks with the others while it lives, and keeps no message from them when it dies', async () => {
    const buyer = await connectToCrashing(BUYER);
    const seller = await survivors.connect(SELLER, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId: BUYER, sellerId: SELLER });
    await buyer.get('chat:join', { chatId });
    expect((await seller.event('chat:created')).id).toBe(chatId);
    const question = await buyer.get('message:send', { chatId, text: 'still there?' });
    expect((await seller.event('message:notification')).message).toEqual(question);
    const answer = await seller.get('message:send', { chatId, text: 'yes' });
    expect(await buyer.event('message:new', ({ id }) => id === answer.id)).toEqual(answer);

    const last = await buyer.get('message:send', { chatId, text: 'good' });
    crashing.signal('SIGKILL');

    expect(await buyer.disconnected()).toBe('transport close');
    const elsewhere = await survivors.connect(BUYER);
    expect((await elsewhere.get('chat:join', { chatId })).messages).toEqual([question, answer, last]);
  });

  it('leaves users who go offline when their time is up, announced once by those who live', async () => {
    const buyer = await connectToCrashing(BUYER);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: BUYER, sellerId: SELLER });
    const watchers = [await survivors.connect(SELLER), await survivors.connect(SELLER, { instance: 1 })];
    const [watcher] = watchers;
    expect(await watcher?.get('users:online', {})).toEqual({ userIds: [BUYER] });

    crashing.signal('SIGKILL');
    for (const seller of watchers) {
      expect(await seller.event('user:offline')).toMatchObject({ userId: BUYER });
    }

    expect(await watcher?.get('users:online', {})).toEqual({ userIds: [] });
    // He comes and goes once more: a doubled announcement of the crash would lie before it.
    const back = await survivors.connect(BUYER);
    back.close();
    for (const seller of watchers) {
      await expect.poll(() => seller.received('user:offline').length).toBeGreaterThan(1);
      expect(seller.received('user:offline')).toHaveLength(2);
    }
    expect((await watcher?.get('chat:join', { chatId }))?.members).toContainEqual(
      expect.objectContaining({ userId: BUYER, online: false }),
    );
  });

  it('does not take users offline who have a tab on another one', async () => {
    const lost = await connectToCrashing(BUYER);
    const kept = await survivors.connect(BUYER);
    const other = await connectToCrashing(3);
    await lost.get('chat:create', { buyerId: BUYER, sellerId: SELLER });
    await other.get('chat:create', { buyerId: 3, sellerId: SELLER });
    const seller = await survivors.connect(SELLER, { instance: 1 });

    crashing.signal('SIGKILL');
    // Both lapse within one heartbeat of each other; the kept tab has renewed its user by then.
    await seller.event('user:offline', ({ userId }) => userId === 3);

    expect(await seller.get('users:online', {})).toEqual({ userIds: [BUYER] });
    expect(seller.received('user:offline')).toEqual([expect.objectContaining({ userId: 3 })]);
    await kept.get('users:online', {});
  });

  it('leaves no typing sign behind: the others announce its end once', async () => {
    const buyer = await connectToCrashing(BUYER);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: BUYER, sellerId: SELLER });
    const watchers = [await survivors.connect(SELLER), await survivors.connect(SELLER, { instance: 1 })];
    for (const seller of watchers) {
      await seller.get('chat:join', { chatId });
    }
    await buyer.get('typing:start', { chatId });
    await watchers[1]?.event('typing:start');

    crashing.signal('SIGKILL');
    for (const seller of watchers) {
      expect(await seller.event('typing:stop')).toEqual({ chatId, userId: BUYER });
    }

    // Another sign that is taken back: a doubled announcement of the first would lie before it.
    const back = await survivors.connect(BUYER);
    await back.get('chat:join', { chatId });
    await back.get('typing:start', { chatId });
    await back.get('typing:stop', { chatId });
    for (const seller of watchers) {
      await expect.poll(() => seller.received('typing:stop').length).toBeGreaterThan(1);
      expect(seller.received('typing:stop')).toHaveLength(2);
    }
  });
});
