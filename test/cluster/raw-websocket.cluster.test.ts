import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { createGroup, newUserId, UNLIMITED } from '../support/chats/participants.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { PlainClient } from '../support/raw-websocket/plain-client.js';
import { describeWithServices } from '../support/services/test-services.js';

const PATIENCE = { timeout: 10_000 };

describeWithServices('plain WebSockets over two instances', (services) => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        DIALECTS: 'plain-websocket',
        ...UNLIMITED,
      },
    });
  });
  afterAll(() => chat.stop());

  async function newChat(): Promise<{ chatId: string; buyerId: number; sellerId: number }> {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const buyer = await chat.connect(buyerId);
    const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId });
    buyer.close();
    return { chatId, buyerId, sellerId };
  }

  it('carry a conversation, in one order, with one integer for the chat and for each message', async () => {
    const { chatId, buyerId, sellerId } = await newChat();
    const [buyer, seller] = await Promise.all([
      PlainClient.connect(chat, chatId, { userId: buyerId, instance: 0 }),
      PlainClient.connect(chat, chatId, { userId: sellerId, instance: 1 }),
    ]);
    expect(await buyer.established()).toBe(await seller.established());

    seller.send({ type: 'typing', is_typing: true });
    await buyer.frame(({ type, user_id }) => type === 'typing' && user_id === sellerId);
    for (let n = 0; n < 5; n++) {
      buyer.send({ type: 'message', text: `buyer ${n}` });
      seller.send({ type: 'message', text: `seller ${n}` });
    }
    await expect.poll(() => [buyer.messages().length, seller.messages().length], PATIENCE).toEqual([10, 10]);

    const inOrder = (client: PlainClient) =>
      client.messages().toSorted((one, other) => Number(one.id) - Number(other.id));
    expect(inOrder(buyer)).toEqual(inOrder(seller));
    expect(inOrder(buyer).map(({ id }) => Number(id) - Number(inOrder(buyer)[0]?.id))).toEqual([...Array(10).keys()]);
    // His own messages are read as he sends them: there has to be one of another's.
    buyer.send({ type: 'message', text: 'read me' });
    await seller.frame(({ data }) => (data as { text?: unknown } | undefined)?.text === 'read me');
    seller.send({ type: 'read_messages' });
    await buyer.frame(({ type, user_id }) => type === 'messages_read' && user_id === sellerId);
  });

  it('are one for a user and chat, wherever the newest is', async () => {
    const { chatId, buyerId } = await newChat();
    const connections: PlainClient[] = [];
    for (const instance of [0, 1, 1, 0, 1]) {
      connections.push(await PlainClient.connect(chat, chatId, { userId: buyerId, instance }));
      const [newest, ...older] = connections.toReversed();
      for (const connection of older) {
        expect(await connection.closed()).toBe(4409);
      }
      await newest?.barrier();
      expect(newest?.ended).toBeNull();
    }
  });

  it('are one also when a user opens many at once', async () => {
    const { chatId, buyerId, sellerId } = await newChat();
    const seller = await PlainClient.connect(chat, chatId, { userId: sellerId });
    const dialled = Array.from({ length: 12 }, (_, index) =>
      PlainClient.visit(chat, chatId, { userId: buyerId, instance: index % 2 }),
    );

    await expect.poll(() => dialled.filter(({ ended }) => ended === null).length, PATIENCE).toBe(1);

    const [left] = dialled.filter(({ ended }) => ended === null);
    await left?.established();
    seller.send({ type: 'message', text: 'to whoever is left' });
    await expect.poll(() => left?.messages().length, PATIENCE).toBe(1);
    expect(dialled.filter((client) => client !== left).map(({ ended }) => ended?.code)).toEqual(Array(11).fill(4409));
  });

  it('share one allowance of messages', async () => {
    const { chatId, buyerId } = await newChat();
    const other = await chat.connect(buyerId);
    const { id: otherChat } = await other.get('chat:create', { buyerId, sellerId: newUserId() });
    const here = await PlainClient.connect(chat, chatId, { userId: buyerId, instance: 0 });
    const there = await PlainClient.connect(chat, otherChat, { userId: buyerId, instance: 1 });
    for (let n = 0; n < 8; n++) {
      here.send({ type: 'message', text: String(n) });
      there.send({ type: 'message', text: String(n) });
    }
    const told = () =>
      [here, there].flatMap(({ frames }) => frames.filter(({ type }) => type !== 'connection_established'));
    await expect.poll(() => told().length, PATIENCE).toBe(16);
    expect(told().filter(({ type }) => type === 'message')).toHaveLength(10);
    expect(told().filter(({ type }) => type === 'error')).toHaveLength(6);
  });

  it('are closed on every instance when a member is removed on any', async () => {
    const [ownerId, memberId] = [newUserId(), newUserId()];
    const owner = await chat.connect(ownerId, { instance: 0 });
    const chatId = await createGroup(owner, [memberId]);
    const member = await PlainClient.connect(chat, chatId, { userId: memberId, instance: 1 });

    await owner.get('group:remove', { chatId, userId: memberId });
    await owner.get('message:send', { chatId, text: 'among ourselves' });

    expect(await member.closed()).toBe(4403);
    expect(member.messages().map(({ text }) => text)).not.toContain('among ourselves');
    for (const instance of [0, 1]) {
      expect(await PlainClient.visit(chat, chatId, { userId: memberId, instance }).closed()).toBe(4403);
    }
  });
});
