import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatsRepository } from '../../../src/chats/chats.repository.js';
import { Chat } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { loseNextAnswer } from '../chats/lost-answer.js';
import { connectPair, createGroup, newUserId, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { groupOfThree, lastSeqOf } from './group-of-three.js';

const LIMIT = 5;

/** What groups do, on any stores. */
export function describeGroups(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a group', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start({ ...UNLIMITED, GROUP_MAX_MEMBERS: String(LIMIT) });
    });
    afterAll(() => chat.stop());

    const strangers = (count: number) => Array.from({ length: count }, newUserId);

    it('whose opening was not answered is looked for by its members', async () => {
      const [ownerId, memberId] = [newUserId(), newUserId()];
      const [owner, member] = await Promise.all([chat.connect(ownerId), chat.connect(memberId)]);
      const open = { type: 'group' as const, name: 'Delivery', userIds: [memberId], clientChatId: 'lost' };
      loseNextAnswer(ChatsRepository.prototype, 'createGroupUnlessExists');
      expectRefusal(await owner.failure('chat:create', open), 'UNAVAILABLE');
      await member.event('sync:required');
      const [entry] = (await member.get('chat:list', {})).chats;
      expect(entry?.chat).toEqual(await owner.get('chat:create', open));
    });

    it('is opened by its owner; all members are told, and the first message says by whom', async () => {
      const [ownerId, memberId] = [newUserId(), newUserId()];
      const [owner, member] = await Promise.all([chat.connect(ownerId), chat.connect(memberId)]);

      const created = await owner.get('chat:create', {
        type: 'group',
        name: ' Delivery ',
        userIds: [memberId, String(memberId), ownerId],
      });

      expect(Chat.strict().parse(created)).toMatchObject({
        type: 'group',
        name: 'Delivery',
        buyerId: null,
        sellerId: null,
        lastSeq: 1,
        rev: 1,
      });
      expect(await member.event('chat:created')).toEqual(created);
      const { message, unreadCount } = await member.event('message:notification');
      expect({ ...message, unreadCount }).toMatchObject({
        chatId: created.id,
        senderId: ownerId,
        type: 'system',
        system: { kind: 'group_created', name: 'Delivery', userIds: [memberId] },
        unreadCount: 1,
      });
      const joined = await member.get('chat:join', { chatId: created.id });
      expect(joined.messages).toEqual([message]);
      expect(new Map(joined.members.map(({ userId, role }) => [userId, role]))).toEqual(
        new Map([
          [ownerId, 'owner'],
          [memberId, 'member'],
        ]),
      );
    });

    it('is one group however often it is opened with one key, and another with another key', async () => {
      const [owner, memberId] = [await chat.connect(newUserId()), newUserId()];
      const open = (clientChatId: string) =>
        owner.get('chat:create', { type: 'group', name: 'Once', userIds: [memberId], clientChatId });

      const same = await Promise.all(Array.from({ length: 8 }, () => open('key')));
      const other = await open('another key');

      expect(new Set(same.map(({ id }) => id)).size).toBe(1);
      expect(other.id).not.toBe(same[0]?.id);
      expect(await lastSeqOf(owner, same[0]?.id ?? '')).toBe(1);
    });

    it('answers its creator, who left it, as a stranger when he opens it again', async () => {
      const owner = await chat.connect(newUserId());
      const open = { type: 'group' as const, name: 'Once', userIds: [newUserId()], clientChatId: 'key' };
      const { id: chatId } = await owner.get('chat:create', open);
      await owner.get('group:leave', { chatId });
      expectRefusal(await owner.failure('chat:create', open), 'CHAT_NOT_FOUND');
    });

    it('has a limit, when it is opened and when it grows', async () => {
      const owner = await chat.connect(newUserId());
      const failure = await owner.failure('chat:create', { type: 'group', name: 'Crowd', userIds: strangers(LIMIT) });
      expectRefusal(failure, 'GROUP_FULL');
      expect(failure.details).toEqual({ maxMembers: LIMIT });

      const chatId = await createGroup(owner, strangers(LIMIT - 2));
      expectRefusal(await owner.failure('group:add', { chatId, userIds: strangers(2) }), 'GROUP_FULL');
      await owner.get('group:add', { chatId, userIds: strangers(1) });
      expectRefusal(await owner.failure('group:add', { chatId, userIds: strangers(1) }), 'GROUP_FULL');
    });

    it('shows a newcomer the chat and its whole history, none of it unread but what tells of him', async () => {
      const { chatId, owner, moderator, moderatorId, everybody } = await groupOfThree(chat);
      await owner.get('message:send', { chatId, text: 'before he came' });
      const newcomerId = newUserId();
      const newcomer = await chat.connect(newcomerId);

      const answer = await moderator.get('group:add', { chatId, userIds: [newcomerId] });

      expect(await newcomer.event('chat:created')).toEqual(answer);
      const { message, unreadCount } = await newcomer.event('message:notification');
      expect(message).toMatchObject({
        senderId: moderatorId,
        seq: answer.lastSeq,
        rev: answer.rev,
        system: { kind: 'members_added', userIds: [newcomerId] },
      });
      expect(unreadCount).toBe(1);
      for (const client of everybody) {
        expect(await client.event('message:new', ({ id }) => id === message.id)).toEqual(message);
        expect(await client.event('chat:updated', ({ rev }) => rev === answer.rev)).toEqual(answer);
      }
      const joined = await newcomer.get('chat:join', { chatId });
      expect(joined.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect(joined.members.find(({ userId }) => userId === newcomerId)).toMatchObject({
        role: 'member',
        lastReadSeq: 3,
        lastDeliveredSeq: 3,
      });
      const sent = await newcomer.get('message:send', { chatId, text: 'hello all' });
      await Promise.all(everybody.map((client) => client.event('message:new', ({ id }) => id === sent.id)));
    });

    it('takes a change that changes nothing without a word, and answers it like the first time', async () => {
      const { chatId, owner, moderatorId, memberId, everybody } = await groupOfThree(chat);
      const before = await owner.get('group:rename', { chatId, name: 'Final' });
      await Promise.all(everybody.map((client) => client.event('message:new', ({ seq }) => seq === before.lastSeq)));
      const heard = everybody.map(({ log }) => log.length);

      const answers = [
        await owner.get('group:rename', { chatId, name: 'Final' }),
        await owner.get('group:add', { chatId, userIds: [moderatorId, memberId] }),
        await owner.get('group:remove', { chatId, userId: newUserId() }),
        await owner.get('group:role', { chatId, userId: moderatorId, role: 'moderator' }),
      ];

      expect(answers).toEqual(answers.map(() => before));
      await Promise.all(everybody.map((client) => client.barrier()));
      expect(everybody.map(({ log }) => log.length)).toEqual(heard);
    });

    it('counts unread messages, receipts and typing signs for each of its members', async () => {
      const { chatId, owner, ownerId, moderator, moderatorId, member, memberId } = await groupOfThree(chat);
      await member.get('chat:leave', { chatId });
      const sent = await owner.get('message:send', { chatId, text: 'who is there?' });
      expect((await member.event('message:notification', ({ message }) => message.id === sent.id)).unreadCount).toBe(3);

      await moderator.get('message:read', { chatId });
      await owner.event('message:read', ({ userId, seq }) => userId === moderatorId && seq === sent.seq);
      await moderator.get('typing:start', { chatId });
      await owner.event('typing:start', ({ userId }) => userId === moderatorId);

      const { members, typing } = await member.get('chat:join', { chatId });
      expect(new Map(members.map(({ userId, lastReadSeq, online }) => [userId, [lastReadSeq, online]]))).toEqual(
        new Map([
          [ownerId, [sent.seq, true]],
          [moderatorId, [sent.seq, true]],
          [memberId, [0, true]],
        ]),
      );
      expect(typing).toEqual([moderatorId]);
    });

    it('leaves unread, in the eyes of all, what who changes it has not read; his own notices he has not to read', async () => {
      const { chatId, owner, moderator, moderatorId } = await groupOfThree(chat);
      const marks = async () => {
        const { members } = await owner.get('chat:get', { chatId });
        return members.find(({ userId }) => userId === moderatorId);
      };
      const unread = async () =>
        (await moderator.get('chat:list', {})).chats.find((row) => row.chat.id === chatId)?.unreadCount;
      await moderator.get('message:read', { chatId });
      const { lastReadSeq: before = 0 } = (await marks()) ?? {};

      await moderator.get('group:add', { chatId, userIds: strangers(1) });
      expect(await marks()).toMatchObject({ lastReadSeq: before + 1, lastDeliveredSeq: before + 1 });
      expect(await unread()).toBe(0);

      await owner.get('message:send', { chatId, text: 'he has not read this' });
      await moderator.get('group:add', { chatId, userIds: strangers(1) });
      expect(await marks()).toMatchObject({ lastReadSeq: before + 1, lastDeliveredSeq: before + 1 });
      expect(await unread()).toBe(2);

      const { seq } = await moderator.get('message:send', { chatId, text: 'now he has' });
      expect(await marks()).toMatchObject({ lastReadSeq: seq });
      expect(await unread()).toBe(0);
    });

    it('makes its members contacts, who see each other come', async () => {
      const { chatId, owner, member } = await groupOfThree(chat);
      const lateId = newUserId();
      await owner.get('group:add', { chatId, userIds: [lateId] });
      await chat.connect(lateId);
      await member.event('user:online', ({ userId }) => userId === lateId);
      expect((await member.get('users:online', { userIds: [lateId] })).userIds).toEqual([lateId]);
    });

    it('tells all members when the product it is about changes', async () => {
      const { chatId, owner, everybody } = await groupOfThree(chat);
      await owner.get('message:send', { chatId, text: 'about this one', productId: 77 });
      await Promise.all(everybody.map((client) => client.event('chat:updated', ({ productId }) => productId === 77)));
    });

    it('keeps what the service wrote: nobody edits or deletes it', async () => {
      const { chatId, owner } = await groupOfThree(chat);
      const [first] = (await owner.get('chat:history', { chatId, afterSeq: 0, limit: 1 })).messages;
      const target = { chatId, messageId: first?.id ?? randomUUID() };
      expectRefusal(await owner.failure('message:edit', { ...target, text: 'never happened' }), 'FORBIDDEN');
      expectRefusal(await owner.failure('message:delete', target), 'FORBIDDEN');
    });

    it('brings its changes to who was away, in one sync', async () => {
      const { chatId, owner, moderator, memberId } = await groupOfThree(chat);
      const { chat: seen } = await moderator.get('chat:join', { chatId });
      await owner.get('group:rename', { chatId, name: 'Later' });
      await owner.get('group:remove', { chatId, userId: memberId });

      const [synced] = (await moderator.get('chat:sync', { chats: [{ chatId, rev: seen.rev }] })).chats;

      expect(synced?.messages.map(({ system }) => system?.kind)).toEqual(['group_renamed', 'member_removed']);
    });

    it('is not what a buyer and a seller have', async () => {
      const { buyer, sellerId, chatId } = await connectPair(chat);
      const third = newUserId();
      for (const [command, payload] of [
        ['group:add', { userIds: [third] }],
        ['group:remove', { userId: sellerId }],
        ['group:leave', {}],
        ['group:rename', { name: 'Ours' }],
        ['group:role', { userId: sellerId, role: 'owner' }],
      ] as const) {
        expectRefusal(await buyer.failure(command, { chatId, ...payload }), 'FORBIDDEN');
      }
      expect((await buyer.get('chat:join', { chatId })).members).toHaveLength(2);
    });
  });
}
