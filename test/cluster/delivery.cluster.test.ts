import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('two instances on one PostgreSQL and Redis', (services) => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: { ...(await serviceEnvironment(services)) },
    });
  });
  afterAll(() => chat.stop());

  it('tell both members of a new chat, wherever they are', async () => {
    const buyer = await chat.connect(11);
    const seller = await chat.connect(12, { instance: 1 });

    const created = await buyer.get('chat:create', { buyerId: 11, sellerId: 12, productId: 7 });

    expect(await seller.event('chat:created')).toEqual(created);
    expect(await buyer.event('chat:created')).toEqual(created);
  });

  it('tell both members when the product they talk about changes', async () => {
    const buyer = await chat.connect(21);
    const seller = await chat.connect(22, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 21, sellerId: 22 });

    await buyer.get('message:send', { chatId, text: 'what about this one?', productId: 9 });

    expect(await seller.event('chat:updated')).toMatchObject({ id: chatId, productId: 9, lastSeq: 1 });
  });

  it('show a message to a socket that joined on the other one', async () => {
    const buyer = await chat.connect(31);
    const seller = await chat.connect(32, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 31, sellerId: 32 });
    await seller.get('chat:join', { chatId });

    const sent = await buyer.get('message:send', { chatId, text: 'over there?' });
    expect(await seller.event('message:new')).toEqual(sent);

    const answered = await seller.get('message:send', { chatId, text: 'over here' });
    const notice = await buyer.event('message:notification');
    expect(notice).toMatchObject({ chatId, message: answered, unreadCount: 1 });
    expect(seller.received('message:notification')).toEqual([]);
  });

  it('notify a socket that did not join on the other one, once for each message', async () => {
    const buyer = await chat.connect(41);
    const seller = await chat.connect(42, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 41, sellerId: 42 });

    const first = await buyer.get('message:send', { chatId, text: 'first' });
    const second = await buyer.get('message:send', { chatId, text: 'second' });

    // Redis keeps one sender's order: what doubles the first would have come before the second.
    await seller.event('message:notification', ({ message }) => message.id === second.id);
    expect(seller.received('message:notification')).toEqual([
      expect.objectContaining({ chatId, message: first, unreadCount: 1 }),
      expect.objectContaining({ chatId, message: second, unreadCount: 2 }),
    ]);
    expect(seller.received('message:new')).toEqual([]);
  });

  it.each([
    { joinedOn: 0, unjoinedOn: 1, sellerId: 52 },
    { joinedOn: 1, unjoinedOn: 0, sellerId: 53 },
  ])(
    'show a message in the joined tab on instance $joinedOn and notify the other tab on $unjoinedOn',
    async ({ joinedOn, unjoinedOn, sellerId }) => {
      const buyer = await chat.connect(51);
      const joined = await chat.connect(sellerId, { instance: joinedOn });
      const unjoined = await chat.connect(sellerId, { instance: unjoinedOn });
      const { id: chatId } = await buyer.get('chat:create', { buyerId: 51, sellerId });
      await joined.get('chat:join', { chatId });

      const first = await buyer.get('message:send', { chatId, text: 'first' });
      const last = await buyer.get('message:send', { chatId, text: 'last' });

      await joined.event('message:new', ({ id }) => id === last.id);
      await unjoined.event('message:notification', ({ message }) => message.id === last.id);
      expect(joined.received('message:new')).toEqual([first, last]);
      expect(unjoined.received('message:notification').map(({ message }) => message)).toEqual([first, last]);
      await Promise.all([joined.barrier(), unjoined.barrier()]);
      expect(joined.received('message:notification')).toEqual([]);
      expect(unjoined.received('message:new')).toEqual([]);
    },
  );

  it("show a message in the sender's own other tabs, and notify none of them", async () => {
    const buyer = await chat.connect(61);
    const otherTab = await chat.connect(61, { instance: 1 });
    const idleTab = await chat.connect(61, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 61, sellerId: 62 });
    await otherTab.get('chat:join', { chatId });

    const sent = await buyer.get('message:send', { chatId, text: 'seen everywhere' });

    expect(await otherTab.event('message:new')).toEqual(sent);
    await Promise.all([otherTab.barrier(), idleTab.barrier()]);
    expect(otherTab.received('message:notification')).toEqual([]);
    expect(idleTab.received('message:notification')).toEqual([]);
  });

  it('stop showing a chat to a socket that left it, and notify it instead', async () => {
    const buyer = await chat.connect(71);
    const seller = await chat.connect(72, { instance: 1 });
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 71, sellerId: 72 });
    await seller.get('chat:join', { chatId });
    await seller.get('chat:leave', { chatId });

    const sent = await buyer.get('message:send', { chatId, text: 'still interested?' });

    expect((await seller.event('message:notification')).message).toEqual(sent);
    expect(seller.received('message:new')).toEqual([]);
  });

  it('tell a user on every instance what he made of a chat, and nobody else', async () => {
    const [buyer, seller] = [await chat.connect(81), await chat.connect(82, { instance: 1 })];
    const tablet = await chat.connect(82);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 81, sellerId: 82 });

    const settings = await seller.get('chat:settings', { chatId, archived: true });

    expect(await tablet.event('chat:settings')).toEqual(settings);
    expect((await tablet.get('chat:list', { archived: true })).chats.map((row) => row.chat.id)).toEqual([chatId]);
    // Redis keeps one sender's order: what went to the buyer too would have come before this.
    const { id } = await seller.get('message:send', { chatId, text: 'back again' });
    await buyer.event('message:notification', ({ message }) => message.id === id);
    expect(buyer.received('chat:settings')).toEqual([]);
    expect((await tablet.get('chat:list', {})).chats.map((row) => row.chat.id)).toEqual([chatId]);
  });
});
