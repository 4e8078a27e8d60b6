import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import { joinedPair, newUserId, profilesKnown, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { failureIn, RestClient } from '../rest/rest-client.js';
import { AdminClient, WITH_ADMIN } from './admin-client.js';

/** What servers of the marketplace do to chats, on any stores. */
export function describeOversight(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a server of the marketplace', () => {
    let chat: TestChat;
    let admin: AdminClient;

    beforeAll(async () => {
      chat = await start({ ...UNLIMITED, ...WITH_ADMIN });
      admin = AdminClient.of(chat);
    });
    afterAll(() => chat.stop());

    describe('creating chats', () => {
      it('opens the chat of two others, who are told, and finds it again', async () => {
        const [buyerId, sellerId] = [newUserId(), newUserId()];
        const [buyer, seller] = [await chat.connect(buyerId), await chat.connect(sellerId)];

        const created = await admin.get('POST /admin/chats', { buyerId, sellerId, productId: 7 });

        expect(created).toMatchObject({ buyerId, sellerId, productId: 7, lastSeq: 0, closedAt: null });
        expect(await buyer.event('chat:created')).toEqual(created);
        expect(await seller.event('chat:created')).toEqual(created);
        expect(await admin.get('POST /admin/chats', { buyerId, sellerId })).toEqual(created);
        expect((await buyer.get('chat:create', { buyerId, sellerId })).id).toBe(created.id);
      });

      it('needs two users for it', async () => {
        const failure = failureIn(await admin.ask('POST /admin/chats', { buyerId: 1, sellerId: '1' }));
        expectRefusal(failure, 'VALIDATION_FAILED');
      });
    });

    describe('posting a system message', () => {
      const shipped = { text: 'Order A-7 was shipped', code: 'order_shipped', params: { order: 'A-7', parcels: 2 } };

      it('shows it to both as nobody’s, and it is unread for both', async () => {
        const { buyer, seller, chatId } = await joinedPair(chat);
        await seller.get('chat:leave', { chatId });

        const posted = await admin.get('POST /admin/chats/:chatId/messages', { chatId, ...shipped, productId: 9 });

        const { code, params, text } = shipped;
        expect(posted).toMatchObject({ seq: 1, senderId: null, type: 'system', text, productId: 9 });
        expect(posted.system).toEqual({ kind: 'notice', code, params });
        expect(await buyer.event('message:new')).toEqual(posted);
        expect(await seller.event('message:notification')).toEqual({
          chatId,
          message: posted,
          sender: null,
          unreadCount: 1,
          muted: false,
        });
        const { members, messages } = await seller.get('chat:join', { chatId });
        expect(messages).toEqual([posted]);
        expect(members.map(({ lastReadSeq }) => lastReadSeq)).toEqual([0, 0]);
        expect((await seller.get('chat:sync', { chats: [{ chatId, rev: 0 }] })).chats[0]?.messages).toEqual([posted]);
      });

      it('posts it once under one key, however often and however many at a time', async () => {
        const { buyer, seller, chatId } = await joinedPair(chat);
        const post = { chatId, ...shipped, clientMessageId: 'order A-7 shipped' };

        const answers = await Promise.all(
          Array.from({ length: 5 }, () => admin.get('POST /admin/chats/:chatId/messages', post)),
        );

        expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
        expect((await buyer.get('chat:history', { chatId })).messages).toEqual([answers[0]]);
        await seller.barrier();
        expect(seller.received('message:new')).toHaveLength(1);
        const other = await admin.ask('POST /admin/chats/:chatId/messages', { ...post, text: 'something else' });
        expect(other.status).toBe(409);
        expectRefusal(failureIn(other), 'DUPLICATE_CLIENT_ID');
        for (const difference of [{ code: 'order_lost' }, { params: {} }]) {
          const notice = await admin.ask('POST /admin/chats/:chatId/messages', { ...post, ...difference });
          expectRefusal(failureIn(notice), 'DUPLICATE_CLIENT_ID');
        }
      });

      it('keeps its keys apart from those of the members', async () => {
        const { buyer, chatId } = await joinedPair(chat);
        const sent = await buyer.get('message:send', { chatId, text: 'mine', clientMessageId: 'key' });
        const posted = await admin.get('POST /admin/chats/:chatId/messages', {
          chatId,
          text: 'ours',
          clientMessageId: 'key',
        });
        expect([sent.seq, posted.seq]).toEqual([1, 2]);
      });

      it.each([
        [' \n', 'MESSAGE_EMPTY'],
        ['x'.repeat(4_001), 'MESSAGE_TOO_LONG'],
      ] as const)('holds it to the limits of every text', async (text, code) => {
        const { chatId } = await joinedPair(chat);
        const answer = await admin.ask('POST /admin/chats/:chatId/messages', { chatId, text });
        expectRefusal(failureIn(answer), code);
      });

      it('is the only one who edits or deletes it', async () => {
        const { buyer, chatId } = await joinedPair(chat);
        const { id: messageId } = await admin.get('POST /admin/chats/:chatId/messages', { chatId, text: 'oops' });
        expectRefusal(await buyer.failure('message:edit', { chatId, messageId, text: 'never' }), 'FORBIDDEN');
        expectRefusal(await buyer.failure('message:delete', { chatId, messageId }), 'FORBIDDEN');

        await admin.get('DELETE /admin/chats/:chatId/messages/:messageId', { chatId, messageId });

        const deleted = await buyer.event('message:deleted');
        expect(deleted).toMatchObject({ id: messageId, senderId: null, type: 'system', text: '' });
        expect(deleted).not.toHaveProperty('system');
        expect((await buyer.get('chat:history', { chatId })).messages).toEqual([deleted]);
      });
    });

    describe('reading a chat', () => {
      it('sees what its members see, and pages through it', async () => {
        const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
        await buyer.get('message:send', { chatId, text: 'one' });
        await seller.get('message:send', { chatId, text: 'two' });

        await profilesKnown({ buyer, buyerId, seller, sellerId, chatId });
        const { settings: _, ...state } = await buyer.get('chat:get', { chatId });
        expect(await admin.get('GET /admin/chats/:chatId', { chatId })).toEqual(state);
        const page = await admin.get('GET /admin/chats/:chatId/messages', { chatId, afterSeq: 0, limit: 1 });
        expect(page).toEqual(await buyer.get('chat:history', { chatId, afterSeq: 0, limit: 1 }));
        expect(page.hasMore).toBe(true);
      });

      it('sees what messages said before they were edited and deleted, version by version', async () => {
        const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
        const { id: messageId } = await buyer.get('message:send', { chatId, text: 'first' });
        await seller.get('message:send', { chatId, text: 'in between' });
        await buyer.get('message:edit', { chatId, messageId, text: 'second' });
        await buyer.get('message:delete', { chatId, messageId });
        const versions = (page: { afterRev?: number; limit?: number }) =>
          admin.get('GET /admin/chats/:chatId/messages/:messageId/versions', { chatId, messageId, ...page });

        const all = await versions({});

        expect(all.versions.map(({ rev, text, editorId }) => [rev, text, editorId])).toEqual([
          [1, 'first', buyerId],
          [3, 'second', buyerId],
        ]);
        expect(all.hasMore).toBe(false);
        expect(await versions({ limit: 1 })).toEqual({ versions: all.versions.slice(0, 1), hasMore: true });
        expect(await versions({ limit: 1, afterRev: 1 })).toEqual({ versions: all.versions.slice(1), hasMore: false });
      });
    });

    describe('deleting a message', () => {
      it('leaves a tombstone, tells the chat, and keeps what it said for itself', async () => {
        const { buyer, seller, chatId } = await joinedPair(chat);
        const { id: messageId } = await buyer.get('message:send', { chatId, text: 'an insult', clientMessageId: 'k' });
        const { chat: before } = await seller.get('chat:get', { chatId });

        const deleted = await admin.get('DELETE /admin/chats/:chatId/messages/:messageId', { chatId, messageId });

        expect(deleted).toMatchObject({ id: messageId, text: '', rev: before.rev + 1, deletedAt: expect.any(String) });
        expect(await seller.event('message:deleted')).toEqual(deleted);
        expect(await buyer.event('message:deleted')).toEqual(deleted);
        const { chats } = await seller.get('chat:sync', { chats: [{ chatId, rev: before.rev }] });
        expect(chats[0]?.messages).toEqual([deleted]);
        expect((await buyer.get('message:send', { chatId, text: 'an insult', clientMessageId: 'k' })).text).toBe('');
        const { versions } = await admin.get('GET /admin/chats/:chatId/messages/:messageId/versions', {
          chatId,
          messageId,
        });
        expect(versions).toMatchObject([{ text: 'an insult', editorId: null }]);
      });

      it('changes nothing when it does so again', async () => {
        const { buyer, seller, chatId } = await joinedPair(chat);
        const { id: messageId } = await buyer.get('message:send', { chatId, text: 'an insult' });
        const payload = { chatId, messageId };

        const [one, other] = await Promise.all(
          [1, 2].map(() => admin.get('DELETE /admin/chats/:chatId/messages/:messageId', payload)),
        );

        expect(other).toEqual(one);
        await seller.barrier();
        expect(seller.received('message:deleted')).toHaveLength(1);
      });

      it('finds it only in its own chat', async () => {
        const [here, there] = [await joinedPair(chat), await joinedPair(chat)];
        const { id: messageId } = await here.buyer.get('message:send', { chatId: here.chatId, text: 'here' });
        const answer = await admin.ask('DELETE /admin/chats/:chatId/messages/:messageId', {
          chatId: there.chatId,
          messageId,
        });
        expectRefusal(failureIn(answer), 'MESSAGE_NOT_FOUND');
      });
    });

    describe('cutting a user off', () => {
      it('ends his sessions: sockets are closed, cached tokens are checked anew', async () => {
        const userId = newUserId();
        const token = chat.marketplace.token({ userId });
        const sockets = [await chat.connect(userId, { token }), await chat.connect(userId, { token })];

        expect(await admin.get('POST /admin/users/:userId/cut', { userId })).toBeNull();

        for (const socket of sockets) {
          expect(await socket.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
          await socket.disconnected();
        }
        const calls = chat.marketplace.calls(token);
        await new RestClient(chat.url(), token).ask('GET /users/online', {});
        expect(chat.marketplace.calls(token)).toBe(calls + 1);
      });
    });
  });
}
