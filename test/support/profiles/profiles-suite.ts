import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MessagePage } from '../../../src/contract/index.js';
import { ProfilesRepository } from '../../../src/profiles/profiles.repository.js';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, joinedPair, newUserId, type Pair, profilesKnown } from '../chats/participants.js';

/** Who users are told to be, on any database. @param start without rate limits */
export function describeProfiles(start: () => Promise<TestChat>): void {
  describe('the profile of a user', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start();
    });
    afterAll(() => chat.stop());

    const inbox = async ({ seller, chatId }: Pair) =>
      (await seller.get('chat:list', {})).chats.find((row) => row.chat.id === chatId)?.peer?.profile;
    const joined = async ({ seller, chatId, buyerId }: Pair) =>
      (await seller.get('chat:join', { chatId })).members.find(({ userId }) => userId === buyerId)?.profile;

    it('comes with the members of a chat, the peer in the inbox, and the authors of a page', async () => {
      const pair = await joinedPair(chat);
      const { buyer, buyerId, seller, sellerId, chatId } = pair;
      await profilesKnown(pair);
      const profile = {
        username: `user-${buyerId}`,
        firstName: 'User',
        lastName: String(buyerId),
        avatarUrl: expect.stringContaining(String(buyerId)),
        role: 'buyer',
      };
      await buyer.get('message:send', { chatId, text: 'one' });
      await buyer.get('message:send', { chatId, text: 'two' });

      expect(await inbox(pair)).toEqual(profile);
      expect(await joined(pair)).toEqual(profile);
      const page = await seller.get('chat:history', { chatId });
      expect(MessagePage.strict().parse(page)).toEqual(page);
      expect(page.senders).toEqual([{ userId: buyerId, ...profile }]);
      expect((await seller.get('chat:join', { chatId })).senders).toEqual([{ userId: buyerId, ...profile }]);

      await seller.get('message:send', { chatId, text: 'three' });
      const both = await buyer.get('chat:history', { chatId });
      expect(both.senders.map(({ userId }) => userId)).toEqual([buyerId, sellerId]);
      expect((await buyer.get('chat:history', { chatId, beforeSeq: 1 })).senders).toEqual([]);
    });

    it('is unknown of who never connected', async () => {
      const sellerId = newUserId();
      const seller = await chat.connect(sellerId);
      const { id: chatId } = await seller.get('chat:create', { buyerId: newUserId(), sellerId });
      expect((await seller.get('chat:list', {})).chats[0]?.peer?.profile).toBeNull();
      const { members } = await seller.get('chat:join', { chatId });
      expect(members.find(({ role }) => role === 'buyer')?.profile).toBeNull();
    });

    it('that changed in the marketplace is the new one on the next read', async () => {
      const pair = await connectPair(chat);
      const { buyerId } = pair;
      await profilesKnown(pair);

      chat.marketplace.changes.set(String(buyerId), { username: 'renamed', firstName: '' });
      await chat.connect(buyerId);

      await expect.poll(() => inbox(pair), { timeout: 10_000 }).toMatchObject({ username: 'renamed', firstName: null });
      expect(await joined(pair)).toMatchObject({ username: 'renamed', lastName: String(buyerId) });
    });

    it('is asked for once for each token: another connection with it writes nothing', async () => {
      const keep = vi.spyOn(ProfilesRepository.prototype, 'keep');
      const userId = newUserId();
      const token = chat.marketplace.token({ userId });
      try {
        await chat.connect(userId, { token });
        await expect.poll(() => keep.mock.calls.length).toBe(1);
        expect([...(keep.mock.calls[0]?.[0].keys() ?? [])]).toEqual([String(userId)]);
        // The answer of the marketplace is remembered beside the connecting too.
        await expect
          .poll(async () => {
            const before = chat.marketplace.calls(token);
            await chat.connect(userId, { token });
            return chat.marketplace.calls(token) - before;
          })
          .toBe(0);
        expect(keep.mock.calls.length).toBe(chat.marketplace.calls(token));
      } finally {
        keep.mockRestore();
      }
    });

    it('with text that no database takes is kept without that text', async () => {
      const pair = await connectPair(chat);
      await profilesKnown(pair);
      chat.marketplace.changes.set(String(pair.buyerId), {
        username: 'a\u0000b',
        lastName: 'c\ud800d',
        firstName: 'Ann',
      });
      await chat.connect(pair.buyerId);
      await expect
        .poll(() => inbox(pair), { timeout: 10_000 })
        .toMatchObject({ username: null, firstName: 'Ann', lastName: null });
    });

    it('that cannot be kept holds up nobody, and comes with the next token', async () => {
      const keep = vi.spyOn(ProfilesRepository.prototype, 'keep').mockRejectedValue(new Error('Connection terminated'));
      const pair = await connectPair(chat);
      await expect.poll(() => keep.mock.calls.length).toBeGreaterThan(0);
      const { id } = await pair.buyer.get('message:send', { chatId: pair.chatId, text: 'here all the same' });
      const notice = await pair.seller.event('message:notification', ({ message }) => message.id === id);
      expect(notice.sender).toBeNull();
      keep.mockRestore();

      await Promise.all([chat.connect(pair.buyerId), chat.connect(pair.sellerId)]);
      await profilesKnown(pair);
    });
  });
}
