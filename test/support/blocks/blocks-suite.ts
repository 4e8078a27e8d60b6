import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BlocksRepository } from '../../../src/blocks/blocks.repository.js';
import { Membership } from '../../../src/members/membership.js';
import { MessagesService } from '../../../src/messages/messages.service.js';
import { AdminClient, WITH_ADMIN } from '../admin/admin-client.js';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { loseNextAnswer } from '../chats/lost-answer.js';
import { connectPair, createGroup, joinedPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { failureIn, RestClient } from '../rest/rest-client.js';

/** What `user:block` and `user:unblock` do, on any stores. */
export function describeBlocks(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a block', () => {
    let chat: TestChat;
    let messages: MessagesService;

    beforeAll(async () => {
      const { onStored } = MessagesService.prototype;
      const spy = vi.spyOn(MessagesService.prototype, 'onStored');
      spy.mockImplementationOnce(function (this: MessagesService, listener) {
        messages = this;
        onStored.call(this, listener);
      });
      chat = await start({ ...UNLIMITED, ...WITH_ADMIN, TYPING_TTL_SECONDS: '2' });
    });
    afterAll(() => chat.stop());

    /** Two who have a chat and see each other online; the buyer has blocked the seller. */
    async function blockedSeller() {
      const pair = await joinedPair(chat);
      await expect
        .poll(async () => (await pair.seller.get('users:online', {})).userIds, { timeout: 10_000 })
        .toEqual([pair.buyerId]);
      await pair.buyer.get('user:block', { userId: pair.sellerId });
      return pair;
    }

    it('stops the messages of both in their chat, tells each why, and shows nothing of them', async () => {
      const { buyer, seller, chatId } = await blockedSeller();

      const ofBlocked = await seller.failure('message:send', { chatId, text: 'why?' });
      const ofBlocker = await buyer.failure('message:send', { chatId, text: 'because' });

      expectRefusal(ofBlocked, 'BLOCKED');
      expect(ofBlocked.details).toEqual({ by: 'other' });
      expectRefusal(ofBlocker, 'BLOCKED');
      expect(ofBlocker.details).toEqual({ by: 'you' });
      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect([...buyer.received('message:new'), ...seller.received('message:new')]).toEqual([]);
      expect((await buyer.get('chat:history', { chatId })).messages).toEqual([]);
    });

    it('taken back lets both write again, with seq going on without a gap', async () => {
      const { buyer, seller, sellerId, chatId } = await blockedSeller();
      await seller.failure('message:send', { chatId, text: 'lost', clientMessageId: 'again' });

      expect(await buyer.get('user:unblock', { userId: sellerId })).toBeNull();

      expect(await seller.get('message:send', { chatId, text: 'lost', clientMessageId: 'again' })).toMatchObject({
        seq: 1,
      });
      expect(await buyer.get('message:send', { chatId, text: 'sorry' })).toMatchObject({ seq: 2 });
    });

    it('leaves what was written before it, answers a repeated send with it, and lets it be deleted but not edited', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const send = { chatId, text: 'before', clientMessageId: 'sent before' };
      const sent = await seller.get('message:send', send);
      await buyer.get('user:block', { userId: sellerId });

      expect(await seller.get('message:send', send)).toEqual(sent);
      const target = { chatId, messageId: sent.id };
      expectRefusal(await seller.failure('message:edit', { ...target, text: 'an insult' }), 'BLOCKED');
      expect((await seller.get('message:delete', target)).text).toBe('');
    });

    it('stops reactions of both, but lets them take back what is there', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const { id: messageId } = await buyer.get('message:send', { chatId, text: 'before' });
      const target = { chatId, messageId };
      await seller.get('message:react', { ...target, emoji: '👍' });
      await buyer.event('message:reaction');
      await buyer.get('user:block', { userId: sellerId });

      for (const [client, by] of [
        [seller, 'other'],
        [buyer, 'you'],
      ] as const) {
        const failure = await client.failure('message:react', { ...target, emoji: '😡' });
        expectRefusal(failure, 'BLOCKED');
        expect(failure.details).toEqual({ by });
      }
      expect((await seller.get('message:unreact', { ...target, emoji: '👍' })).reactions).toEqual([]);
      await buyer.barrier();
      expect(buyer.received('message:reaction').map(({ emoji, added }) => [emoji, added])).toEqual([
        ['👍', true],
        ['👍', false],
      ]);
    });

    it('stops an edit and a reaction that were let in before it and are written after it', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const { id: messageId } = await seller.get('message:send', { chatId, text: 'before' });
      const target = { chatId, messageId };
      await buyer.get('user:block', { userId: sellerId });

      const letIn = vi.spyOn(Membership.prototype, 'requireWriter').mockResolvedValue();
      try {
        expectRefusal(await seller.failure('message:edit', { ...target, text: 'an insult' }), 'BLOCKED');
        expectRefusal(await seller.failure('message:react', { ...target, emoji: '😡' }), 'BLOCKED');
        expect(letIn).toHaveBeenCalledTimes(2);
      } finally {
        letIn.mockRestore();
      }
      expect(await buyer.get('message:get', target)).toMatchObject({ text: 'before', rev: 1, reactions: [] });
    });

    it('lets no file be uploaded for the chat', async () => {
      const { seller, chatId } = await blockedSeller();
      const photo = { chatId, name: 'a.jpg', mimeType: 'image/jpeg', size: 1 };
      expectRefusal(await seller.failure('upload:create', photo), 'BLOCKED');
    });

    it('does not stop what the marketplace itself has to say', async () => {
      const { buyer, seller, chatId } = await blockedSeller();
      const notice = { kind: 'notice', code: 'order_shipped', params: {} } as const;

      const posted = await messages.postSystem({ chatId, text: 'Order A-7 was shipped', notice });

      expect(await buyer.event('message:new')).toEqual(posted);
      expect(await seller.event('message:new')).toEqual(posted);
    });

    it('stops nobody in a group of both', async () => {
      const { buyer, buyerId, seller, sellerId } = await blockedSeller();
      const groupId = await createGroup(buyer, [sellerId]);

      const { id: messageId } = await seller.get('message:send', { chatId: groupId, text: 'to all' });
      await buyer.get('message:send', { chatId: groupId, text: 'to all, too' });
      await buyer.get('message:react', { chatId: groupId, messageId, emoji: '👍' });
      await seller.get('message:edit', { chatId: groupId, messageId, text: 'to everybody' });
      await Promise.all([buyer, seller].map((client) => client.get('chat:join', { chatId: groupId })));
      await buyer.get('typing:start', { chatId: groupId });
      expect(await seller.event('typing:start')).toMatchObject({ chatId: groupId, userId: buyerId });
    });

    it('keeps the blocked user from taking the other into a group, new or old, and does not say whom he must leave out', async () => {
      const { buyer, buyerId, seller, sellerId } = await blockedSeller();
      const [friendId, name] = [newUserId(), 'Let us talk'];
      const groupId = await createGroup(seller, [newUserId()]);

      const refusals = [
        await seller.failure('chat:create', { type: 'group', name, userIds: [buyerId] }),
        await seller.failure('chat:create', { type: 'group', name, userIds: [friendId, buyerId], clientChatId: 'g' }),
        await seller.failure('group:add', { chatId: groupId, userIds: [friendId, buyerId] }),
      ];

      for (const refusal of refusals) {
        expectRefusal(refusal, 'BLOCKED');
        expect(refusal.details).toEqual({ by: 'other' });
        expect(refusal.message).not.toContain(String(buyerId));
      }
      await buyer.barrier();
      expect(buyer.received('chat:created')).toHaveLength(1);
      expect((await seller.get('chat:get', { chatId: groupId })).members).toHaveLength(2);
      expect((await seller.get('chat:list', {})).chats).toHaveLength(2);

      await buyer.get('user:unblock', { userId: sellerId });
      await seller.get('group:add', { chatId: groupId, userIds: [buyerId] });
      const repeated = { type: 'group' as const, name, userIds: [buyerId], clientChatId: 'g' };
      const created = await seller.get('chat:create', repeated);
      await buyer.get('user:block', { userId: sellerId });
      expect(await seller.get('chat:create', repeated)).toEqual(created);
      expect(await seller.get('group:add', { chatId: groupId, userIds: [buyerId] })).toMatchObject({ id: groupId });
    });

    it('is set, looked at and taken back over HTTP as well, and refuses what comes by HTTP', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
      const [blocker, blocked] = [RestClient.of(chat, buyerId), RestClient.of(chat, sellerId)];

      const block = await blocker.get('PUT /users/:userId/block', { userId: sellerId });
      expect(await buyer.event('user:blocked')).toEqual({ userId: sellerId });
      expect(await blocker.get('GET /users/blocked', {})).toEqual({ users: [block], hasMore: false });
      const answer = await blocked.ask('POST /messages', { chatId, text: 'why?' });
      expect(answer.status).toBe(403);
      expect(failureIn(answer)).toMatchObject({ code: 'BLOCKED', details: { by: 'other' } });

      expect(await blocker.get('DELETE /users/:userId/block', { userId: sellerId })).toBeNull();
      expect(await blocked.get('POST /messages', { chatId, text: 'thank you' })).toMatchObject({ seq: 1 });
      await seller.event('message:new');
    });

    it('of both by each other ends for both only when both have taken theirs back', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await blockedSeller();
      await seller.get('user:block', { userId: buyerId });

      await buyer.get('user:unblock', { userId: sellerId });
      expect((await buyer.failure('message:send', { chatId, text: '?' })).details).toEqual({ by: 'other' });
      expect((await seller.failure('message:send', { chatId, text: '?' })).details).toEqual({ by: 'you' });

      await seller.get('user:unblock', { userId: buyerId });
      expect(await buyer.get('message:send', { chatId, text: 'peace' })).toMatchObject({ seq: 1 });
    });

    it('holds in a chat that the marketplace opens for the two afterwards, with whatever roles, and ends there too', async () => {
      const [buyerId, sellerId] = [newUserId(), newUserId()];
      const [buyer, seller] = [await chat.connect(buyerId), await chat.connect(sellerId)];
      await seller.get('user:block', { userId: buyerId });

      const admin = AdminClient.of(chat);
      const chats = [
        await admin.get('POST /admin/chats', { buyerId, sellerId }),
        await admin.get('POST /admin/chats', { buyerId: sellerId, sellerId: buyerId }),
      ];

      for (const { id: chatId } of chats) {
        expectRefusal(await buyer.failure('message:send', { chatId, text: 'hello?' }), 'BLOCKED');
      }
      await seller.get('user:unblock', { userId: buyerId });
      for (const { id: chatId } of chats) {
        expect(await buyer.get('message:send', { chatId, text: 'hello!' })).toMatchObject({ seq: 1 });
      }
    });

    it('lets neither open a chat with the other, and tells the other of no try', async () => {
      const { buyer, buyerId, seller, sellerId } = await blockedSeller();
      const reversed = { buyerId: sellerId, sellerId: buyerId, productId: 'pay or else' };

      const ofBlocked = await seller.failure('chat:create', reversed);
      expectRefusal(ofBlocked, 'BLOCKED');
      expect(ofBlocked.details).toEqual({ by: 'other' });
      expect((await buyer.failure('chat:create', reversed)).details).toEqual({ by: 'you' });

      await Promise.all([buyer.barrier(), seller.barrier()]);
      for (const client of [buyer, seller]) {
        expect(client.received('chat:created')).toHaveLength(1);
        expect((await client.get('chat:list', {})).chats).toHaveLength(1);
      }
      await buyer.get('user:unblock', { userId: sellerId });
      expect(await seller.get('chat:create', reversed)).toMatchObject({ productId: 'pay or else' });
    });

    it('answers with the chat there is, and leaves its product to neither', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
      const about = (client: TestClient, productId: string) =>
        client.get('chat:create', { buyerId, sellerId, productId });
      const before = await about(buyer, 'lamp');
      await seller.event('chat:updated');
      await buyer.get('user:block', { userId: sellerId });

      expect(await about(seller, 'pay or else')).toEqual(before);
      expect(await about(buyer, 'table')).toEqual(before);

      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect([...buyer.received('chat:updated'), ...seller.received('chat:updated')]).toEqual([before, before]);
      expect((await buyer.get('chat:get', { chatId })).chat).toEqual(before);
      await buyer.get('user:unblock', { userId: sellerId });
      expect(await about(seller, 'table')).toMatchObject({ productId: 'table' });
    });

    it('touches no other chat of either', async () => {
      const { buyer, buyerId, seller, sellerId } = await blockedSeller();
      const { buyerId: friendId } = await connectPair(chat);
      const ofBuyer = await buyer.get('chat:create', { buyerId, sellerId: friendId });
      const ofSeller = await seller.get('chat:create', { buyerId: friendId, sellerId });

      expect(await buyer.get('message:send', { chatId: ofBuyer.id, text: 'hi' })).toMatchObject({ seq: 1 });
      expect(await seller.get('message:send', { chatId: ofSeller.id, text: 'hi' })).toMatchObject({ seq: 1 });
    });

    it('keeps typing signs of the two from each other', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await blockedSeller();
      await buyer.get('typing:start', { chatId });
      await seller.get('typing:start', { chatId });
      await buyer.get('typing:stop', { chatId });
      await seller.get('typing:stop', { chatId });

      await Promise.all([buyer.barrier(), seller.barrier()]);
      for (const client of [buyer, seller]) {
        expect([...client.received('typing:start'), ...client.received('typing:stop')]).toEqual([]);
      }

      await buyer.get('user:unblock', { userId: sellerId });
      await buyer.get('typing:start', { chatId });
      expect(await seller.event('typing:start')).toMatchObject({ userId: buyerId });
    });

    it('set while somebody types takes the sign back, however long he goes on', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      await seller.get('typing:start', { chatId });
      await buyer.event('typing:start');
      await buyer.get('user:block', { userId: sellerId });

      await vi.waitFor(
        async () => {
          await seller.get('typing:start', { chatId });
          expect(buyer.received('typing:stop')).toHaveLength(1);
        },
        { timeout: 10_000, interval: 100 },
      );
      expect((await buyer.get('chat:join', { chatId })).typing).toEqual([]);
    });

    it('takes the blocker out of sight of the blocked user, as if he had left, until it is taken back', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await blockedSeller();
      const blockerOnline = async () => [
        (await seller.get('users:online', {})).userIds.includes(buyerId),
        (await seller.get('users:online', { userIds: [buyerId] })).userIds.includes(buyerId),
        (await seller.get('user:status', { userId: buyerId })).online,
        (await seller.get('chat:join', { chatId })).members.find(({ userId }) => userId === buyerId)?.online,
        (await seller.get('chat:list', {})).chats.find((row) => row.chat.id === chatId)?.peer?.online,
      ];

      const departure = await seller.event('user:offline');
      expect(departure).toMatchObject({ userId: buyerId });
      expect(await blockerOnline()).toEqual([false, false, false, false, false]);
      const departed = { userId: buyerId, online: false, lastSeenAt: departure.lastSeenAt };
      expect(await seller.get('user:status', { userId: buyerId })).toEqual(departed);
      expect((await buyer.get('users:online', {})).userIds).toContain(sellerId);

      // His comings and goings are not shown either. A common friend's notice tells that they were announced.
      const friend = await chat.connect(newUserId());
      const friendId = (await friend.event('connection:success')).userId;
      await buyer.get('chat:create', { buyerId, sellerId: friendId });
      buyer.close();
      await friend.event('user:offline', ({ userId }) => userId === buyerId);
      const trueTime = async () => (await friend.get('user:status', { userId: buyerId })).lastSeenAt;
      await expect.poll(trueTime, { timeout: 10_000 }).not.toBeNull();
      expect(await trueTime()).not.toBe(departure.lastSeenAt);
      expect(await seller.get('user:status', { userId: buyerId })).toEqual(departed);
      const back = await chat.connect(buyerId);
      await friend.event('user:online', ({ userId }) => userId === buyerId);
      await seller.barrier();
      expect(seller.received('user:offline').filter(({ userId }) => userId === buyerId)).toHaveLength(1);

      const seen = seller.received('user:online').filter(({ userId }) => userId === buyerId).length;
      await back.get('user:unblock', { userId: sellerId });
      await expect
        .poll(() => seller.received('user:online').filter(({ userId }) => userId === buyerId).length)
        .toBe(seen + 1);
      expect(await blockerOnline()).toEqual([true, true, true, true, true]);
    });

    it('of somebody who was away leaves the blocked user the moment at which he saw him last, or none', async () => {
      const { buyer, buyerId, seller, sellerId } = await joinedPair(chat);
      const status = () => seller.get('user:status', { userId: buyerId });
      const blocker = RestClient.of(chat, buyerId);
      buyer.close();
      await expect.poll(async () => (await status()).lastSeenAt, { timeout: 10_000 }).not.toBeNull();
      const before = await status();

      await blocker.get('PUT /users/:userId/block', { userId: sellerId });
      expect(await status()).toEqual(before);

      const invisible = newUserId();
      await RestClient.of(chat, invisible).get('PUT /status', { status: 'invisible' });
      await seller.get('chat:create', { buyerId: invisible, sellerId });
      await RestClient.of(chat, invisible).get('PUT /users/:userId/block', { userId: sellerId });
      expect((await seller.get('user:status', { userId: invisible })).lastSeenAt).toBeNull();
    });

    it('is told to the blocker’s own devices, and to nobody else', async () => {
      const { buyer, buyerId, seller, sellerId } = await connectPair(chat);
      const phone = await chat.connect(buyerId);

      await buyer.get('user:block', { userId: sellerId });
      await buyer.get('user:unblock', { userId: sellerId });

      for (const device of [buyer, phone]) {
        expect(await device.event('user:blocked')).toEqual({ userId: sellerId });
        expect(await device.event('user:unblocked')).toEqual({ userId: sellerId });
      }
      await seller.barrier();
      expect([...seller.received('user:blocked'), ...seller.received('user:unblocked')]).toEqual([]);
    });

    it('set twice, taken back twice, or of nobody, is answered alike, and told each time', async () => {
      const { buyer, seller, sellerId, chatId } = await connectPair(chat);

      const first = await buyer.get('user:block', { userId: sellerId });
      expect(await buyer.get('user:block', { userId: String(sellerId) })).toEqual(first);
      expect(first).toEqual({ userId: sellerId, blockedAt: expect.stringMatching(/Z$/) });
      await buyer.get('user:unblock', { userId: sellerId });
      expect(await buyer.get('user:unblock', { userId: sellerId })).toBeNull();
      expect(await buyer.get('user:unblock', { userId: 'nobody at all' })).toBeNull();
      expect(await buyer.get('user:block', { userId: 'nobody at all' })).toMatchObject({ userId: 'nobody at all' });

      await buyer.barrier();
      expect(buyer.received('user:blocked').map(({ userId }) => userId)).toEqual([sellerId, sellerId, 'nobody at all']);
      expect(buyer.received('user:unblocked').map(({ userId }) => userId)).toEqual([
        sellerId,
        sellerId,
        'nobody at all',
      ]);
      expect(await seller.get('message:send', { chatId, text: 'still here' })).toMatchObject({ seq: 1 });
    });

    it('whose answer was lost is told when it is repeated, and so is that it was taken back', async () => {
      const { buyer, buyerId, seller, sellerId } = await connectPair(chat);
      const shown = (event: 'user:offline' | 'user:online') =>
        seller.received(event).filter(({ userId }) => userId === buyerId);
      loseNextAnswer(BlocksRepository.prototype, 'block');
      expectRefusal(await buyer.failure('user:block', { userId: sellerId }), 'UNAVAILABLE');
      await seller.barrier();
      expect(shown('user:offline')).toEqual([]);

      await buyer.get('user:block', { userId: sellerId });
      const { lastSeenAt } = await seller.event('user:offline', ({ userId }) => userId === buyerId);
      expect(await buyer.event('user:blocked')).toEqual({ userId: sellerId });
      expect((await seller.get('user:status', { userId: buyerId })).lastSeenAt).toBe(lastSeenAt);

      const before = shown('user:online').length;
      loseNextAnswer(BlocksRepository.prototype, 'unblock');
      expectRefusal(await buyer.failure('user:unblock', { userId: sellerId }), 'UNAVAILABLE');
      await buyer.get('user:unblock', { userId: sellerId });
      await expect.poll(() => shown('user:online').length, { timeout: 10_000 }).toBe(before + 1);
      expect(await buyer.event('user:unblocked')).toEqual({ userId: sellerId });
    });

    it('of oneself is refused, however one is spelt', async () => {
      const { buyer, buyerId } = await connectPair(chat);
      for (const userId of [buyerId, String(buyerId)]) {
        expectRefusal(await buyer.failure('user:block', { userId }), 'VALIDATION_FAILED');
      }
      expect(await buyer.get('users:blocked', {})).toEqual({ users: [], hasMore: false });
    });

    it('is on the list of who set it, page by page, and on nobody else’s', async () => {
      const { buyer, seller, sellerId } = await connectPair(chat);
      const blocked = ['a', 'b', 'c', 'd', 'e'];
      for (const userId of [...blocked, sellerId]) {
        await buyer.get('user:block', { userId });
      }

      const seen: unknown[] = [];
      let page = await buyer.get('users:blocked', { limit: 2 });
      for (;;) {
        expect(page.users.length).toBeLessThanOrEqual(2);
        seen.push(...page.users.map(({ userId }) => userId));
        const last = page.users.at(-1);
        if (!page.hasMore || last === undefined) {
          break;
        }
        page = await buyer.get('users:blocked', { afterUserId: last.userId, limit: 2 });
      }

      expect(seen).toHaveLength(6);
      expect(new Set(seen)).toEqual(new Set([...blocked, sellerId]));
      expect((await buyer.get('users:blocked', undefined)).users.map(({ userId }) => userId)).toEqual(seen);
      expect(await seller.get('users:blocked', null)).toEqual({ users: [], hasMore: false });
    });
  });

  it('a block holds in each of the chats that two have for their products, in those before it and in one of the marketplace’s after it; the blocked one opens no more of them', async () => {
    const chat = await start({ ...UNLIMITED, ...WITH_ADMIN, CHAT_KEY: 'pair_product' });
    try {
      const [buyerId, sellerId] = [newUserId(), newUserId()];
      const [buyer, seller] = await Promise.all([chat.connect(buyerId), chat.connect(sellerId)]);
      const open = async (productId: number) => (await buyer.get('chat:create', { buyerId, sellerId, productId })).id;
      const before = [await open(1), await open(2)];
      await seller.get('user:block', { userId: buyerId });
      expectRefusal(await buyer.failure('chat:create', { buyerId, sellerId, productId: 3 }), 'BLOCKED');
      expect(await open(1)).toBe(before[0]);
      const { id } = await AdminClient.of(chat).get('POST /admin/chats', { buyerId, sellerId, productId: 3 });
      const chatIds = [...before, id];

      expect(new Set(chatIds).size).toBe(3);
      for (const chatId of chatIds) {
        expectRefusal(await buyer.failure('message:send', { chatId, text: 'hello?' }), 'BLOCKED');
      }
      await seller.get('user:unblock', { userId: buyerId });
      for (const chatId of chatIds) {
        expect(await buyer.get('message:send', { chatId, text: 'hello!' })).toMatchObject({ seq: 1 });
      }
    } finally {
      await chat.stop();
    }
  });
}
