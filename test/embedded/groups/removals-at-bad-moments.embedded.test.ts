import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Delivery } from '../../../src/delivery/delivery.js';
import { chatRoom } from '../../../src/delivery/rooms.js';
import { GroupsRepository } from '../../../src/groups/groups.repository.js';
import { MembersRepository } from '../../../src/members/members.repository.js';
import { Membership } from '../../../src/members/membership.js';
import { RemovalSweep } from '../../../src/members/removal-sweep.js';
import { MessagesRepository } from '../../../src/messages/messages.repository.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { createGroup, newUserId, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { type ServerSockets, watchServerSockets } from '../../support/chats/server-sockets.js';
import { groupOfThree } from '../../support/groups/group-of-three.js';

describe('a removal', () => {
  let chat: TestChat;
  let server: ServerSockets;
  let sweep: RemovalSweep;

  beforeAll(async () => {
    server = watchServerSockets();
    const bootstrap = RemovalSweep.prototype.onApplicationBootstrap;
    vi.spyOn(RemovalSweep.prototype, 'onApplicationBootstrap').mockImplementationOnce(function (this: RemovalSweep) {
      sweep = this;
      bootstrap.call(this);
    });
    chat = await TestChat.start({ env: UNLIMITED });
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => chat.stop());

  /** The announcement of a removal gets lost, as when the instance that committed it dies right then. */
  function loseAnnouncement(): void {
    vi.spyOn(Delivery.prototype, 'memberRemoved').mockImplementationOnce(() => undefined);
  }

  it('between the look-up of a membership and the joining lets nobody in', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    await member.get('chat:leave', { chatId });
    const require = Membership.prototype.require;
    vi.spyOn(Membership.prototype, 'require').mockImplementationOnce(async function (this: Membership, ...args) {
      await require.apply(this, args);
      await owner.get('group:remove', { chatId, userId: memberId });
    });

    expectRefusal(await member.failure('chat:join', { chatId }), 'CHAT_NOT_FOUND');

    expect(server.inRoom(chatRoom(chatId)).size).toBe(2);
  });

  it('between the joining and the reading throws out who was let in, though its announcement came too early', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    await member.get('chat:leave', { chatId });
    loseAnnouncement();
    const list = MembersRepository.prototype.list;
    vi.spyOn(MembersRepository.prototype, 'list').mockImplementationOnce(async function (
      this: MembersRepository,
      ...args
    ) {
      await owner.get('group:remove', { chatId, userId: memberId });
      return list.apply(this, args);
    });

    expectRefusal(await member.failure('chat:join', { chatId }), 'CHAT_NOT_FOUND');

    expect(server.inRoom(chatRoom(chatId)).size).toBe(2);
  });

  it('between the check of a membership and the reading shows nothing of the chat any more', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    const page = MessagesRepository.prototype.page;
    vi.spyOn(MessagesRepository.prototype, 'page').mockImplementationOnce(async function (
      this: MessagesRepository,
      ...args
    ) {
      await owner.get('group:remove', { chatId, userId: memberId });
      await owner.get('message:send', { chatId, text: 'now that he is gone' });
      return page.apply(this, args);
    });

    expect(await member.get('chat:history', { chatId })).toEqual({ messages: [], hasMore: false, senders: [] });
  });

  it('between the check of a membership and the reading of one message shows not what it says now', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    const { id: messageId } = await owner.get('message:send', { chatId, text: 'while he was here' });
    const find = MessagesRepository.prototype.find;
    vi.spyOn(MessagesRepository.prototype, 'find').mockImplementationOnce(async function (
      this: MessagesRepository,
      ...args
    ) {
      await owner.get('group:remove', { chatId, userId: memberId });
      await owner.get('message:edit', { chatId, messageId, text: 'now that he is gone' });
      return find.apply(this, args);
    });

    expectRefusal(await member.failure('message:get', { chatId, messageId }), 'MESSAGE_NOT_FOUND');
  });

  it.each(['message:edit', 'message:delete', 'message:react', 'message:unreact'] as const)(
    'between the check of a membership and the lock of the chat has %s refused',
    async (command) => {
      const { chatId, owner, member, memberId } = await groupOfThree(chat);
      const sent = await member.get('message:send', { chatId, text: 'as I said' });
      const change = MessagesRepository.prototype.change;
      vi.spyOn(MessagesRepository.prototype, 'change').mockImplementationOnce(async function (
        this: MessagesRepository,
        ...args
      ) {
        await owner.get('group:remove', { chatId, userId: memberId });
        return change.apply(this, args);
      });

      const payload = { chatId, messageId: sent.id, text: 'as I never said', emoji: '👍' };
      expectRefusal(await member.failure(command, payload), 'CHAT_NOT_FOUND');

      expect(await owner.get('message:get', { chatId, messageId: sent.id })).toEqual(sent);
    },
  );

  it('that nobody announced hides from him what is said, changed, deleted and reacted to after it', async () => {
    const { chatId, owner, moderator, member, memberId } = await groupOfThree(chat);
    loseAnnouncement();
    await owner.get('group:remove', { chatId, userId: memberId });
    await member.barrier();
    const heard = member.log.length;

    const target = { chatId, messageId: (await owner.get('message:send', { chatId, text: 'not for him' })).id };
    await owner.get('message:edit', { ...target, text: 'still not for him' });
    await moderator.get('message:react', { ...target, emoji: '👍' });
    await moderator.get('message:unreact', { ...target, emoji: '👍' });
    await moderator.get('message:read', { chatId });
    await owner.get('message:delete', target);

    await moderator.event('message:deleted', ({ id }) => id === target.messageId);
    expect(moderator.received('message:reaction').map(({ added }) => added)).toEqual([true, false]);
    await member.barrier();
    expect(server.inRoom(chatRoom(chatId)).size).toBe(3);
    expect(member.log.slice(heard)).toEqual([]);
  });

  it('between the reading of the members and that of the messages shows who joins none of these', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    await member.get('chat:leave', { chatId });
    const list = MembersRepository.prototype.list;
    const listed = Promise.withResolvers<void>();
    vi.spyOn(MembersRepository.prototype, 'list').mockImplementationOnce(async function (
      this: MembersRepository,
      ...args
    ) {
      const members = await list.apply(this, args);
      listed.resolve();
      return members;
    });
    const page = MessagesRepository.prototype.page;
    vi.spyOn(MessagesRepository.prototype, 'page').mockImplementationOnce(async function (
      this: MessagesRepository,
      ...args
    ) {
      await listed.promise;
      await owner.get('group:remove', { chatId, userId: memberId });
      await owner.get('message:send', { chatId, text: 'now that he is gone' });
      return page.apply(this, args);
    });

    expect((await member.get('chat:join', { chatId })).messages).toEqual([]);

    expect(server.inRoom(chatRoom(chatId)).size).toBe(2);
    await member.event('chat:removed');
  });

  it('that nobody announced lets nobody see him type', async () => {
    const { chatId, owner, member, memberId, moderator } = await groupOfThree(chat);
    loseAnnouncement();
    await owner.get('group:remove', { chatId, userId: memberId });

    await member.get('typing:start', { chatId });
    await moderator.get('typing:start', { chatId });

    await owner.event('typing:start');
    expect(owner.received('typing:start').map(({ userId }) => userId)).not.toContain(memberId);
  });

  it('that nobody announced throws out who joins again', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    loseAnnouncement();
    await owner.get('group:remove', { chatId, userId: memberId });
    expect(server.inRoom(chatRoom(chatId)).size).toBe(3);

    expectRefusal(await member.failure('chat:join', { chatId }), 'CHAT_NOT_FOUND');

    expect(server.inRoom(chatRoom(chatId)).size).toBe(2);
  });

  it('that nobody announced is found by the sweep, which tells the member once and leaves the others in', async () => {
    const { chatId, owner, ownerId, member, memberId } = await groupOfThree(chat);
    loseAnnouncement();
    await owner.get('group:remove', { chatId, userId: memberId });
    const sent = await owner.get('message:send', { chatId, text: 'not for him' });
    await owner.event('message:new', ({ id }) => id === sent.id);

    await sweep.run();
    await sweep.run();

    expect(server.inRoom(chatRoom(chatId)).size).toBe(2);
    await member.barrier();
    expect(member.received('chat:removed')).toEqual([{ chatId, by: ownerId }]);
    expect(member.received('message:new').map(({ id }) => id)).not.toContain(sent.id);
  });

  it('that the sweep cannot look for while the database is away is found when it looks again', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    loseAnnouncement();
    await owner.get('group:remove', { chatId, userId: memberId });
    vi.spyOn(MembersRepository.prototype, 'removedWithin').mockRejectedValueOnce(new Error('Connection terminated'));

    await sweep.run();
    expect(server.inRoom(chatRoom(chatId)).size).toBe(3);
    await sweep.run();

    await member.event('chat:removed');
    expect(server.inRoom(chatRoom(chatId)).size).toBe(2);
  });

  it('that the sweep finds late does not throw out who has been added again', async () => {
    const { chatId, owner, memberId, member } = await groupOfThree(chat);
    await owner.get('group:remove', { chatId, userId: memberId });
    await owner.get('group:add', { chatId, userIds: [memberId] });
    await member.get('chat:join', { chatId });

    await sweep.run();

    expect(server.inRoom(chatRoom(chatId)).size).toBe(3);
  });

  it('whose outcome is unknown has the members told to sync', async () => {
    const { chatId, owner, moderator, memberId } = await groupOfThree(chat);
    const change = GroupsRepository.prototype.change;
    vi.spyOn(GroupsRepository.prototype, 'change').mockImplementationOnce(async function (
      this: GroupsRepository,
      ...args
    ) {
      await change.apply(this, args);
      throw new Error('Connection terminated unexpectedly');
    });

    expectRefusal(await owner.failure('group:remove', { chatId, userId: memberId }), 'UNAVAILABLE');

    await moderator.event('sync:required');
    const again = await owner.get('group:remove', { chatId, userId: memberId });
    expect(again.lastSeq).toBe(3);
  });

  it('is heard of in no other chat', async () => {
    const { chatId, owner, member, memberId } = await groupOfThree(chat);
    const other = await createGroup(owner, [memberId, newUserId()]);
    await member.get('chat:join', { chatId: other });
    await owner.get('group:remove', { chatId, userId: memberId });
    const sent = await owner.get('message:send', { chatId: other, text: 'here you stay' });
    expect(await member.event('message:new', ({ id }) => id === sent.id)).toEqual(sent);
  });
});
