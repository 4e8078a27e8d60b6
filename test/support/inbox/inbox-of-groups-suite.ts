import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { createGroup, newUserId } from '../chats/participants.js';
import { groupOfThree } from '../groups/group-of-three.js';
import { wholeInbox } from './inbox-suite.js';

/** What groups are in `chat:list` and `chat:unread-count`, on any database. @param start without rate limits */
export function describeInboxOfGroups(start: () => Promise<TestChat>): void {
  describe('a group in the inbox', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start();
    });
    afterAll(() => chat.stop());

    const idsOf = async (client: TestClient): Promise<string[]> =>
      (await wholeInbox(client, 1)).map((row) => row.chat.id);

    const profileOf = async (client: TestClient, chatId: string, wanted: number) =>
      (await client.get('chat:get', { chatId })).members.find(({ userId }) => userId === wanted)?.profile;

    /** A connected user with a direct chat in which the peer wrote one message. */
    async function userWithChat(): Promise<{ client: TestClient; userId: number; directId: string }> {
      const [userId, peerId] = [newUserId(), newUserId()];
      const [client, peer] = [await chat.connect(userId), await chat.connect(peerId)];
      const { id: directId } = await client.get('chat:create', { buyerId: userId, sellerId: peerId });
      await peer.get('message:send', { chatId: directId, text: 'one unread' });
      return { client, userId, directId };
    }

    it('has a name and no peer, and shows each member the last message and what is unread for him', async () => {
      const { chatId, owner, ownerId, moderator, member, memberId } = await groupOfThree(chat);
      const last = await owner.get('message:send', { chatId, text: 'who is there?' });
      await moderator.get('message:read', { chatId });

      const { chats } = await member.get('chat:list', {});

      expect(chats).toEqual([
        {
          chat: expect.objectContaining({ id: chatId, type: 'group', name: 'Delivery', buyerId: null, sellerId: null }),
          peer: null,
          lastMessage: last,
          activityAt: last.createdAt,
          unreadCount: 3,
          marks: { chatId, userId: memberId, lastReadSeq: 0, lastDeliveredSeq: 0 },
          settings: { chatId, archived: false, hidden: false, muted: false, mutedUntil: null },
        },
      ]);
      expect(await member.get('chat:unread-count', {})).toEqual({ unreadCount: 3, unreadChats: 1 });
      expect(await moderator.get('chat:unread-count', {})).toEqual({ unreadCount: 0, unreadChats: 0 });
      expect((await owner.get('chat:list', {})).chats).toMatchObject([
        { marks: { userId: ownerId }, unreadCount: 0, lastMessage: last },
      ]);
    });

    it('tells who wrote the last messages, each author once, the reader too', async () => {
      const { chatId, owner, ownerId, member, memberId } = await groupOfThree(chat);
      const otherId = await createGroup(owner, [memberId], 'Other');
      const ownId = await createGroup(member, [ownerId], 'Own');
      const authors = async () => (await member.get('chat:list', {})).senders;

      // Profiles are kept beside the connecting, and nobody waits for them.
      await expect.poll(authors, { timeout: 10_000 }).toHaveLength(2);

      const { senders } = await member.get('chat:history', { chatId: ownId });
      expect(await authors()).toEqual([...senders, { userId: ownerId, ...(await profileOf(member, chatId, ownerId)) }]);
      expect(await idsOf(member)).toEqual([ownId, otherId, chatId]);
      expect((await member.get('chat:list', { limit: 1 })).senders).toEqual(senders);
    });

    it('shows as its last message what happened to it, as the chat itself does', async () => {
      const { chatId, owner, member } = await groupOfThree(chat);
      await owner.get('group:rename', { chatId, name: 'Later' });

      const [row] = (await member.get('chat:list', {})).chats;

      expect(row?.chat.name).toBe('Later');
      expect(row?.lastMessage?.system).toEqual({ kind: 'group_renamed', name: 'Later' });
      expect([row?.lastMessage]).toEqual((await member.get('chat:history', { chatId, limit: 1 })).messages);
    });

    it('stands at the top for who was just added, and has one message unread for him', async () => {
      const { chatId, owner } = await groupOfThree(chat);
      const { client, userId, directId } = await userWithChat();
      expect(await idsOf(client)).toEqual([directId]);

      await owner.get('group:add', { chatId, userIds: [userId] });

      expect(await idsOf(client)).toEqual([chatId, directId]);
      expect((await client.get('chat:list', { limit: 1 })).chats).toMatchObject([
        { chat: { id: chatId }, lastMessage: { system: { kind: 'members_added', userIds: [userId] } }, unreadCount: 1 },
      ]);
      expect(await client.get('chat:unread-count', {})).toEqual({ unreadCount: 2, unreadChats: 2 });
    });

    it.each(['group:remove', 'group:leave'] as const)(
      'is gone, with what was unread in it, for who is out by %s, and back when he is added again',
      async (end) => {
        const { chatId, owner, moderator } = await groupOfThree(chat);
        const { client, userId, directId } = await userWithChat();
        await owner.get('group:add', { chatId, userIds: [userId] });
        const [top] = (await client.get('chat:list', { limit: 1 })).chats;
        const { nextCursor } = await client.get('chat:list', { limit: 1 });

        await (end === 'group:leave'
          ? client.get('group:leave', { chatId })
          : owner.get('group:remove', { chatId, userId }));

        expect(top?.chat.id).toBe(chatId);
        expect(await idsOf(client)).toEqual([directId]);
        expect((await client.get('chat:list', { cursor: nextCursor })).chats.map((row) => row.chat.id)).toEqual([
          directId,
        ]);
        expect(await client.get('chat:unread-count', {})).toEqual({ unreadCount: 1, unreadChats: 1 });
        expect(await idsOf(moderator)).toEqual([chatId]);

        await owner.get('group:add', { chatId, userIds: [userId] });
        expect(await idsOf(client)).toEqual([chatId, directId]);
        expect(await client.get('chat:unread-count', {})).toEqual({ unreadCount: 2, unreadChats: 2 });
      },
    );

    it('comes back from the archive and from hiding for those who put it there, when anything happens to it', async () => {
      const { chatId, owner, moderator, member } = await groupOfThree(chat);
      await moderator.get('chat:settings', { chatId, archived: true });
      await member.get('chat:settings', { chatId, hidden: true });
      expect([await idsOf(owner), await idsOf(moderator), await idsOf(member)]).toEqual([[chatId], [], []]);

      await owner.get('group:rename', { chatId, name: 'Here again' });

      expect([await idsOf(owner), await idsOf(moderator), await idsOf(member)]).toEqual([[chatId], [chatId], [chatId]]);
    });

    it('is as its member left it no more when he is added again: neither archived nor muted', async () => {
      const { chatId, owner, member, memberId } = await groupOfThree(chat);
      await member.get('chat:settings', { chatId, archived: true, muted: true });
      await owner.get('group:remove', { chatId, userId: memberId });
      expect(await wholeInbox(member, 5, true)).toEqual([]);

      await owner.get('group:add', { chatId, userIds: [memberId] });

      const settings = { chatId, archived: false, hidden: false, muted: false, mutedUntil: null };
      expect((await member.get('chat:list', {})).chats).toMatchObject([{ chat: { id: chatId }, settings }]);
    });
  });
}
