import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, createGroup, joinedPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { failureIn, RestClient } from '../rest/rest-client.js';
import { AdminClient, WITH_ADMIN } from './admin-client.js';

/** What becomes of a chat that the marketplace closes, on any stores. */
export function describeClosing(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a chat that the marketplace closes', () => {
    let chat: TestChat;
    let admin: AdminClient;

    beforeAll(async () => {
      chat = await start({ ...UNLIMITED, ...WITH_ADMIN });
      admin = AdminClient.of(chat);
    });
    afterAll(() => chat.stop());

    const close = (chatId: string) => admin.get('POST /admin/chats/:chatId/close', { chatId });
    const reopen = (chatId: string) => admin.get('POST /admin/chats/:chatId/reopen', { chatId });

    it('says so to its members, joined or not, and to who joins later', async () => {
      const { buyer, seller, chatId } = await connectPair(chat);
      await buyer.get('chat:join', { chatId });

      const closed = await close(chatId);

      expect(closed).toMatchObject({ id: chatId, closedAt: expect.any(String) });
      expect(await buyer.event('chat:closed')).toEqual(closed);
      expect(await seller.event('chat:closed')).toEqual(closed);
      expect((await seller.get('chat:join', { chatId })).chat).toEqual(closed);
    });

    it('takes nothing more of what members say', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const { id: messageId } = await buyer.get('message:send', { chatId, text: 'said' });
      await close(chatId);

      expectRefusal(await buyer.failure('message:send', { chatId, text: 'too late' }), 'CHAT_CLOSED');
      expectRefusal(await buyer.failure('message:edit', { chatId, messageId, text: 'too late' }), 'CHAT_CLOSED');
      expectRefusal(await buyer.failure('message:react', { chatId, messageId, emoji: '👍' }), 'CHAT_CLOSED');
      expectRefusal(await buyer.failure('typing:start', { chatId }), 'CHAT_CLOSED');
      const rest = RestClient.of(chat, buyerId);
      const answer = await rest.ask('POST /chats/:chatId/messages', { chatId, text: 'too late' });
      expect(answer.status).toBe(409);
      expectRefusal(failureIn(answer), 'CHAT_CLOSED');

      await Promise.all([buyer.barrier(), seller.barrier()]);
      expect(seller.received('typing:start')).toEqual([]);
      expect(seller.received('message:updated')).toEqual([]);
      expect(seller.received('message:reaction')).toEqual([]);
      expect((await seller.get('chat:history', { chatId })).messages.map(({ text }) => text)).toEqual(['said']);
    });

    it('keeps the reactions it has', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      const { id: messageId } = await buyer.get('message:send', { chatId, text: 'said' });
      const reacted = await seller.get('message:react', { chatId, messageId, emoji: '👍' });
      await close(chatId);

      expectRefusal(await seller.failure('message:unreact', { chatId, messageId, emoji: '👍' }), 'CHAT_CLOSED');
      // Its answer was lost, and it is sent again.
      expect(await seller.get('message:react', { chatId, messageId, emoji: '👍' })).toEqual(reacted);
      expect(await buyer.get('message:get', { chatId, messageId })).toEqual(reacted);
    });

    it('tells who was away when he syncs, lists his chats or looks into it', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
      await buyer.get('message:send', { chatId, text: 'said' });
      const { chat: before } = await seller.get('chat:get', { chatId });
      const synced = async () => (await seller.get('chat:sync', { chats: [{ chatId, rev: before.rev }] })).chats[0];
      const listed = async () => (await seller.get('chat:list', {})).chats.find((row) => row.chat.id === chatId)?.chat;
      expect([(await synced())?.closedAt, (await listed())?.closedAt]).toEqual([null, null]);

      const { closedAt } = await close(chatId);

      expect(await synced()).toEqual({
        chatId,
        resync: false,
        rev: before.rev,
        hasMore: false,
        closedAt,
        messages: [],
      });
      expect(await listed()).toEqual({ ...before, closedAt });
      expect((await seller.get('chat:get', { chatId })).chat).toEqual({ ...before, closedAt });
      expect(await buyer.get('chat:create', { buyerId, sellerId })).toEqual({ ...before, closedAt });
      await reopen(chatId);
      expect([(await synced())?.closedAt, (await listed())?.closedAt]).toEqual([null, null]);
    });

    it('stays about the product it was about', async () => {
      const { buyer, buyerId, sellerId, chatId } = await connectPair(chat);
      await buyer.get('chat:create', { buyerId, sellerId, productId: 1 });
      await close(chatId);
      expect(await buyer.get('chat:create', { buyerId, sellerId, productId: 2 })).toMatchObject({ productId: 1 });
      await reopen(chatId);
      expect(await buyer.get('chat:create', { buyerId, sellerId, productId: 2 })).toMatchObject({ productId: 2 });
    });

    it('if it is a group, changes in nothing but that members leave', async () => {
      const [ownerId, memberId] = [newUserId(), newUserId()];
      const [owner, member] = [await chat.connect(ownerId), await chat.connect(memberId)];
      const chatId = await createGroup(owner, [memberId]);
      const closed = await close(chatId);
      expect(await member.event('chat:closed')).toEqual(closed);

      expectRefusal(await owner.failure('group:add', { chatId, userIds: [newUserId()] }), 'CHAT_CLOSED');
      expectRefusal(await owner.failure('group:remove', { chatId, userId: memberId }), 'CHAT_CLOSED');
      expectRefusal(await owner.failure('group:rename', { chatId, name: 'Other' }), 'CHAT_CLOSED');
      expectRefusal(await owner.failure('group:role', { chatId, userId: memberId, role: 'owner' }), 'CHAT_CLOSED');
      expect(await member.get('group:leave', { chatId })).toBeNull();

      const { chat: after, members, messages } = await owner.get('chat:join', { chatId });
      expect(after).toMatchObject({ name: closed.name, closedAt: closed.closedAt });
      expect(members.map(({ userId }) => userId)).toEqual([ownerId]);
      expect(messages.map(({ system }) => system?.kind)).toEqual(['group_created', 'member_left']);
      // Who has left hears no more of it.
      await reopen(chatId);
      await owner.event('chat:reopened');
      await member.barrier();
      expect(member.received('chat:reopened')).toEqual([]);
    });

    it('can still be read, marked as read, and cleared of one’s own messages', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const { id: messageId } = await buyer.get('message:send', { chatId, text: 'said' });
      await close(chatId);

      expect((await seller.get('chat:join', { chatId })).messages).toHaveLength(1);
      expect((await seller.get('chat:sync', { chats: [{ chatId, rev: 0 }] })).chats[0]?.messages).toHaveLength(1);
      expect(await seller.get('message:read', { chatId })).toMatchObject({ userId: sellerId, lastReadSeq: 1 });
      expect(await seller.get('typing:stop', { chatId })).toBeNull();
      expect(await buyer.get('message:delete', { chatId, messageId })).toMatchObject({ text: '' });
      expect(await seller.event('message:deleted')).toMatchObject({ id: messageId });
    });

    it('still answers a repeated send with the message that was stored before', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      const payload = { chatId, text: 'in time', clientMessageId: 'key' };
      const sent = await buyer.get('message:send', payload);
      await close(chatId);
      expect(await buyer.get('message:send', payload)).toEqual(sent);
    });

    it('can be told by the marketplace why', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      await close(chatId);
      const posted = await admin.get('POST /admin/chats/:chatId/messages', { chatId, text: 'Closed after 30 days' });
      expect(await buyer.event('message:new')).toEqual(posted);
    });

    it('stays about its product when the marketplace names another one in what it posts', async () => {
      const { buyer, buyerId, sellerId, chatId } = await joinedPair(chat);
      await buyer.get('chat:create', { buyerId, sellerId, productId: 1 });
      await buyer.event('chat:updated');
      const closed = await close(chatId);
      const post = (productId: number) =>
        admin.get('POST /admin/chats/:chatId/messages', { chatId, text: 'See this one', productId });

      expect(await post(2)).toMatchObject({ productId: 2 });

      expect((await buyer.get('chat:get', { chatId })).chat).toEqual({ ...closed, lastSeq: 1, rev: 1 });
      await reopen(chatId);
      await post(3);
      // Announcements come in turn: one of the second product would have come before.
      await expect
        .poll(() => buyer.received('chat:updated').map(({ productId }) => productId), { timeout: 5_000 })
        .toEqual([1, 3]);
    });

    it('closed and opened at once is told each time as it was then', async () => {
      const { buyer, chatId } = await connectPair(chat);
      const answers = await Promise.all([
        ...Array.from({ length: 10 }, () => close(chatId)),
        ...Array.from({ length: 10 }, () => reopen(chatId)),
      ]);

      expect(answers.map(({ closedAt }) => closedAt !== null)).toEqual([
        ...Array(10).fill(true),
        ...Array(10).fill(false),
      ]);
      await expect.poll(() => buyer.received('chat:closed').length + buyer.received('chat:reopened').length).toBe(20);
      expect(buyer.received('chat:closed').filter(({ closedAt }) => closedAt === null)).toEqual([]);
      expect(buyer.received('chat:reopened').filter(({ closedAt }) => closedAt !== null)).toEqual([]);
    });

    it('keeps its date when it is closed again, and tells its members again', async () => {
      const { buyer, chatId } = await connectPair(chat);
      const first = await close(chatId);
      expect(await close(chatId)).toEqual(first);
      await expect.poll(() => buyer.received('chat:closed')).toEqual([first, first]);
    });

    it('is as before once it is opened again', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      await close(chatId);
      await buyer.get('chat:join', { chatId });

      const reopened = await reopen(chatId);

      expect(reopened.closedAt).toBeNull();
      expect(await seller.event('chat:reopened')).toEqual(reopened);
      await buyer.event('chat:reopened');
      await buyer.get('typing:start', { chatId });
      await seller.event('typing:start');
      await buyer.get('message:send', { chatId, text: 'back again' });
      expect(await seller.event('message:new')).toMatchObject({ seq: 1, text: 'back again' });
    });

    it('shows no sign of who types from outside of its room either', async () => {
      const { buyer, seller, chatId } = await connectPair(chat);
      await seller.get('chat:join', { chatId });
      await close(chatId);
      expectRefusal(await buyer.failure('typing:start', { chatId }), 'CHAT_CLOSED');
      await reopen(chatId);
      await buyer.get('typing:start', { chatId });
      await seller.event('typing:start');
    });

    it('stays closed for a socket that leaves and joins', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      await close(chatId);
      await buyer.get('chat:leave', { chatId });
      await buyer.get('chat:join', { chatId });
      expectRefusal(await buyer.failure('typing:start', { chatId }), 'CHAT_CLOSED');
    });

    it('while members send gives no number after the close, and loses none from before', async () => {
      const { buyer, seller, chatId } = await joinedPair(chat);
      const sent: number[] = [];
      let closing: Promise<unknown> | null = null;
      // In waves, until one has met the closed chat from end to end.
      for (let refused = 0; refused < 20; ) {
        const wave = Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? buyer : seller).ask('message:send', { chatId, text: 'quick' }),
        );
        closing ??= close(chatId);
        const answers = await Promise.all(wave);
        refused = answers.filter(({ success }) => !success).length;
        sent.push(...answers.flatMap((answer) => (answer.success ? [answer.data.seq] : [])));
        await closing;
      }

      const { chat: after } = await admin.get('GET /admin/chats/:chatId', { chatId });
      expect(sent.toSorted((a, b) => a - b)).toEqual(Array.from({ length: after.lastSeq }, (_, index) => index + 1));
    });
  });
}
