import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AdminData, ExportItem, Message } from '../../../src/contract/index.js';
import { AuthoredMessagesRepository } from '../../../src/messages/authored-messages.repository.js';
import { GivenReactionsRepository } from '../../../src/messages/given-reactions.repository.js';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { loseNextAnswer } from '../chats/lost-answer.js';
import { connectPair, createGroup, joinedPair, newUserId, profilesKnown, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { failureIn, RestClient } from '../rest/rest-client.js';
import { AdminClient, WITH_ADMIN } from './admin-client.js';

type Erased = AdminData<'POST /admin/users/:userId/erase'>;

/** What the marketplace gets of a user, and what is left of him when it erases him, on any stores. */
export function describeUserData(start: (env: Record<string, string>) => Promise<TestChat>): void {
  let chat: TestChat;
  let admin: AdminClient;

  beforeAll(async () => {
    chat = await start({ ...UNLIMITED, ...WITH_ADMIN });
    admin = AdminClient.of(chat);
  });
  afterAll(() => chat.stop());

  async function exported(userId: number, limit?: number): Promise<{ items: ExportItem[]; pages: number[] }> {
    const items: ExportItem[] = [];
    const pages: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: AdminData<'GET /admin/users/:userId/export'> = await admin.get('GET /admin/users/:userId/export', {
        userId,
        cursor,
        limit,
      });
      items.push(...page.items);
      pages.push(page.items.length);
      cursor = page.nextCursor;
    }
    return { items, pages };
  }

  async function erased(
    userId: number,
    limit?: number,
  ): Promise<{ steps: Erased[]; messages: number; versions: number; reactions: number; records: number }> {
    const steps: Erased[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const step: Erased = await admin.get('POST /admin/users/:userId/erase', { userId, cursor, limit });
      steps.push(step);
      cursor = step.nextCursor;
    }
    const sum = (of: (step: Erased) => number) => steps.reduce((total, step) => total + of(step), 0);
    return {
      steps,
      messages: sum(({ messages }) => messages),
      versions: sum(({ versions }) => versions),
      reactions: sum(({ reactions }) => reactions),
      records: sum(({ records }) => records),
    };
  }

  /** Resolves when the service has kept what the marketplace tells of a user, which it does beside his connecting. */
  async function profileKept(userId: number): Promise<void> {
    const kinds = async () => (await exported(userId)).items.map(({ kind }) => kind);
    await expect.poll(kinds, { timeout: 10_000 }).toContain('profile');
  }

  async function everything(reader: TestClient, chatId: string): Promise<Message[]> {
    const all: Message[] = [];
    for (let hasMore = true; hasMore; ) {
      const page = await reader.get('chat:history', { chatId, afterSeq: all.at(-1)?.seq ?? 0, limit: 200 });
      all.push(...page.messages);
      hasMore = page.hasMore;
    }
    return all;
  }

  async function say(client: TestClient, chatId: string, count: number): Promise<Message[]> {
    return Promise.all(
      Array.from({ length: count }, (_, n) => client.get('message:send', { chatId, text: `sentence ${n}` })),
    );
  }

  /** Ids of new chats that a user has with as many sellers. */
  async function chatsOf(buyerId: number, count: number): Promise<string[]> {
    const created = await Promise.all(
      Array.from({ length: count }, () => admin.get('POST /admin/chats', { buyerId, sellerId: newUserId() })),
    );
    return created.map(({ id }) => id);
  }

  describe('the export of a user', () => {
    it('holds his chats with his marks, his messages and what they said before, and nothing of others', async () => {
      const pair = await joinedPair(chat);
      const { buyer, buyerId, seller, chatId } = pair;
      await profilesKnown(pair);
      const edited = await buyer.get('message:send', { chatId, text: 'first', productId: 5 });
      const theirs = await seller.get('message:send', { chatId, text: 'not his' });
      await seller.get('message:edit', { chatId, messageId: theirs.id, text: 'still not his' });
      const deleted = await buyer.get('message:send', { chatId, text: 'regretted' });
      const after = await buyer.get('message:edit', { chatId, messageId: edited.id, text: 'second' });
      const tombstone = await buyer.get('message:delete', { chatId, messageId: deleted.id });

      const { items } = await exported(buyerId);

      const state = await buyer.get('chat:get', { chatId });
      const member = state.members.find(({ userId }) => userId === buyerId);
      expect(items).toHaveLength(6);
      expect(items[0]).toEqual({
        kind: 'chat',
        chat: state.chat,
        role: 'buyer',
        lastReadSeq: member?.lastReadSeq,
        lastDeliveredSeq: member?.lastDeliveredSeq,
        joinedAt: expect.any(String),
        settings: state.settings,
      });
      expect(items.slice(1, 3)).toEqual(
        expect.arrayContaining([
          { kind: 'message', message: after },
          { kind: 'message', message: tombstone },
        ]),
      );
      const version = { chatId, attachments: [], editorId: buyerId, replacedAt: expect.any(String) };
      expect(items.slice(3, 5)).toEqual([
        { kind: 'version', version: { ...version, messageId: edited.id, rev: edited.rev, text: 'first' } },
        { kind: 'version', version: { ...version, messageId: deleted.id, rev: deleted.rev, text: 'regretted' } },
      ]);
      expect(items[5]).toEqual({ kind: 'profile', profile: member?.profile });
    });

    it('holds what he attached, reacted, set, created and left, too', async () => {
      const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
      await profileKept(buyerId);
      const file = { url: 'https://files.example/a.png', name: 'a.png', size: 9, mimeType: 'image/png' };
      const image = await buyer.get('message:send', { chatId, type: 'image', text: '', attachments: [file] });
      await buyer.get('message:delete', { chatId, messageId: image.id });
      const theirs = await seller.get('message:send', { chatId, text: 'not his' });
      const target = { chatId, messageId: theirs.id };
      for (const emoji of ['👍', '❤️']) {
        await buyer.get('message:react', { ...target, emoji });
        await seller.get('message:react', { ...target, emoji });
      }
      await seller.get('message:react', { ...target, emoji: '😂' });
      const settings = await buyer.get('chat:settings', { chatId, muted: true, archived: true });
      const own = { type: 'group' as const, name: 'Own', userIds: [sellerId], clientChatId: 'key' };
      const { id: ownId } = await buyer.get('chat:create', own);
      await buyer.get('group:leave', { chatId: ownId });
      const leftId = await createGroup(seller, [buyerId]);
      await seller.get('group:remove', { chatId: leftId, userId: buyerId });

      const { items } = await exported(buyerId);

      const of = (wanted: ExportItem['kind']) => items.filter(({ kind }) => kind === wanted);
      expect(of('chat')).toEqual([expect.objectContaining({ settings })]);
      expect(of('version')).toMatchObject([{ version: { messageId: image.id, attachments: [file] } }]);
      expect(of('reaction')).toEqual([{ kind: 'reaction', ...target, emoji: ['👍', '❤️'] }]);
      expect(of('group_key')).toEqual([{ kind: 'group_key', clientChatId: 'key', chatId: ownId }]);
      const removedAt = expect.any(String);
      expect(of('former_chat')).toEqual(
        expect.arrayContaining([
          { kind: 'former_chat', chatId: ownId, removedBy: buyerId, removedAt },
          { kind: 'former_chat', chatId: leftId, removedBy: sellerId, removedAt },
        ]),
      );
      // What the service wrote of him when he created the group and left it counts as his words.
      expect(of('message')).toHaveLength(3);
      for (const limit of [1, 3]) {
        expect((await exported(buyerId, limit)).items).toEqual(items);
      }
    });

    it('is the same whole in pages of any size, and no page is larger than asked for', async () => {
      const userId = newUserId();
      const client = await chat.connect(userId);
      await profileKept(userId);
      for (const chatId of await chatsOf(userId, 3)) {
        const [first, second] = await say(client, chatId, 5);
        await client.get('message:edit', { chatId, messageId: first?.id ?? '', text: 'other words' });
        await client.get('message:edit', { chatId, messageId: first?.id ?? '', text: 'yet others' });
        await client.get('message:delete', { chatId, messageId: second?.id ?? '' });
      }
      const { items: whole } = await exported(userId, 500);
      expect(whole.map(({ kind }) => kind)).toEqual([
        ...Array.from({ length: 3 }, () => 'chat'),
        ...Array.from({ length: 15 }, () => 'message'),
        ...Array.from({ length: 9 }, () => 'version'),
        'profile',
      ]);

      for (const limit of [1, 2, 5, 7]) {
        const { items, pages } = await exported(userId, limit);
        expect(items).toEqual(whole);
        expect(Math.max(...pages)).toBe(limit);
      }
    });

    it('goes on past chats in which he said nothing', async () => {
      const userId = newUserId();
      const client = await chat.connect(userId);
      const chatIds = (await chatsOf(userId, 230)).toSorted();
      const [sent] = await say(client, chatIds.at(-1) ?? '', 1);
      await profileKept(userId);

      const { items } = await exported(userId);

      expect(items.filter(({ kind }) => kind === 'chat')).toHaveLength(230);
      expect(items.slice(230)).toEqual([
        { kind: 'message', message: sent },
        expect.objectContaining({ kind: 'profile' }),
      ]);
    });

    it('of a user whom nobody knows is empty', async () => {
      expect((await exported(newUserId())).items).toEqual([]);
    });
  });

  describe('erasing a user', () => {
    it('leaves tombstones of all that he wrote and nothing of what it said before; what others wrote stays', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const mine = await say(buyer, chatId, 3);
      const theirs = await seller.get('message:send', { chatId, text: 'not his' });
      await seller.get('message:edit', { chatId, messageId: theirs.id, text: 'still not his' });
      await buyer.get('message:edit', { chatId, messageId: mine[0]?.id ?? '', text: 'other words' });
      await buyer.get('message:delete', { chatId, messageId: mine[1]?.id ?? '' });
      const { chat: before } = await seller.get('chat:get', { chatId });

      const { messages, versions, steps } = await erased(buyerId);

      expect({ messages, versions, steps: steps.length }).toEqual({ messages: 2, versions: 2, steps: 1 });
      const left = await everything(seller, chatId);
      expect(left.map(({ seq, text, deletedAt }) => [seq, text, deletedAt === null])).toEqual([
        [1, '', false],
        [2, '', false],
        [3, '', false],
        [4, 'still not his', true],
      ]);
      // Who was away catches up with one sync: the two that were deleted now, each with a rev of its own.
      const { chats } = await seller.get('chat:sync', { chats: [{ chatId, rev: before.rev }] });
      expect(chats[0]?.messages.map(({ seq, rev }) => [seq, rev])).toEqual([
        [1, before.rev + 1],
        [3, before.rev + 2],
      ]);
      expect(chats[0]?.rev).toBe(before.rev + 2);
      // When he was last seen may be noted once more, as his sockets close. His profile comes back with a connection of his alone.
      const items = (await exported(buyerId)).items.filter(({ kind }) => kind !== 'presence');
      expect(items.map((item) => (item.kind === 'message' ? item.message.text : item.kind))).toEqual([
        'chat',
        '',
        '',
        '',
      ]);
      expect((await exported(Number(theirs.senderId))).items.filter(({ kind }) => kind === 'version')).toHaveLength(1);
    });

    it('leaves no file, reaction, setting, profile or former group of his; reactions of others stay', async () => {
      const pair = await joinedPair(chat);
      const { buyer, buyerId, seller, sellerId, chatId } = pair;
      await profilesKnown(pair);
      const file = { url: 'https://files.example/a.png', name: 'a.png', size: 9, mimeType: 'image/png' };
      const image = await buyer.get('message:send', { chatId, type: 'image', text: '', attachments: [file] });
      await seller.get('message:react', { chatId, messageId: image.id, emoji: '👍' });
      const theirs = await seller.get('message:send', { chatId, text: 'not his' });
      const other = await seller.get('message:send', { chatId, text: 'nor this' });
      for (const { id: messageId } of [theirs, other]) {
        await buyer.get('message:react', { chatId, messageId, emoji: '👍' });
      }
      await buyer.get('message:react', { chatId, messageId: theirs.id, emoji: '😂' });
      await seller.get('message:react', { chatId, messageId: theirs.id, emoji: '👍' });
      await buyer.get('chat:settings', { chatId, muted: true, hidden: true });
      const groupId = await createGroup(seller, [buyerId]);
      const said = await buyer.get('message:send', { chatId: groupId, text: 'said before he went' });
      await buyer.get('message:react', { chatId: groupId, messageId: said.id, emoji: '👍' });
      const greeting = await seller.get('message:send', { chatId: groupId, text: 'bye' });
      await buyer.get('message:react', { chatId: groupId, messageId: greeting.id, emoji: '👋' });
      await seller.get('group:remove', { chatId: groupId, userId: buyerId });
      const { chat: before } = await seller.get('chat:get', { chatId });

      const { messages, reactions, records } = await erased(buyerId);

      // The image and what he said in the group; on two messages here and one there.
      expect({ messages, reactions }).toEqual({ messages: 2, reactions: 3 });
      // Profile, settings, the group he left; and when he was last seen, once that is written.
      expect(records).toBeGreaterThanOrEqual(3);
      expect(await everything(seller, chatId)).toMatchObject([
        { id: image.id, text: '', attachments: [], reactions: [], deletedAt: expect.any(String) },
        { id: theirs.id, text: 'not his', reactions: [{ emoji: '👍', userIds: [sellerId] }], editedAt: null },
        { id: other.id, text: 'nor this', reactions: [] },
      ]);
      const { chats } = await seller.get('chat:sync', { chats: [{ chatId, rev: before.rev }] });
      expect(chats[0]?.messages.map(({ id, rev }) => [id, rev])).toEqual([
        [image.id, before.rev + 1],
        [theirs.id, before.rev + 2],
        [other.id, before.rev + 3],
      ]);
      const inGroup = await everything(seller, groupId);
      expect(inGroup.find(({ id }) => id === said.id)).toMatchObject({ text: '', reactions: [] });
      expect(inGroup.find(({ id }) => id === greeting.id)).toMatchObject({ text: 'bye', reactions: [] });
      const { members } = await seller.get('chat:get', { chatId });
      expect(members.find(({ userId }) => userId === buyerId)?.profile).toBeNull();
      const { items } = await exported(buyerId);
      expect(items.filter(({ kind }) => kind !== 'presence')).toEqual([
        expect.objectContaining({
          kind: 'chat',
          settings: { chatId, archived: false, hidden: false, muted: false, mutedUntil: null },
        }),
        { kind: 'message', message: expect.objectContaining({ id: image.id, text: '', attachments: [] }) },
      ]);
      expect(await erased(buyerId)).toMatchObject({ messages: 0, reactions: 0 });
    });

    it('hands his groups on as if he left them, in steps of any size', async () => {
      const [ownerId, otherId] = [newUserId(), newUserId()];
      const [owner, other] = [await chat.connect(ownerId), await chat.connect(otherId)];
      await profileKept(ownerId);
      const owned = [await createGroup(owner, [otherId], 'One'), await createGroup(owner, [otherId], 'Two')];
      const joined = await createGroup(other, [ownerId], 'Three');
      await owner.get('message:send', { chatId: joined, text: 'good morning' });
      const alone = await createGroup(owner, [otherId], 'Alone');
      await other.get('group:leave', { chatId: alone });

      // Three words that he created a group and four that he left one, beside what he said.
      expect(await erased(ownerId, 1)).toMatchObject({ messages: 8 });

      for (const chatId of [...owned, joined]) {
        const { members } = await other.get('chat:get', { chatId });
        expect(members).toMatchObject([{ userId: otherId, role: 'owner' }]);
        await other.event('chat:updated', ({ id }) => id === chatId);
        const his = (await everything(other, chatId)).filter(({ senderId }) => senderId === ownerId);
        expect(his.map(({ text, system }) => [text, system])).toEqual(his.map(() => ['', undefined]));
      }
      await other.get('group:rename', { chatId: owned[0] ?? '', name: 'Mine now' });
      expect((await exported(ownerId)).items.filter(({ kind }) => kind !== 'presence')).toEqual([]);
    });

    it('shows nobody who is invisible', async () => {
      const { buyer, buyerId, seller } = await connectPair(chat);
      await buyer.get('status:update', { status: 'invisible' });
      await seller.event('user:offline', ({ userId }) => userId === buyerId);

      await erased(buyerId);

      expect((await exported(buyerId)).items).toContainEqual({ kind: 'presence', lastSeenAt: null, invisible: true });
      await chat.connect(buyerId);
      expect((await seller.get('users:online', {})).userIds).not.toContain(buyerId);
      expect(await seller.get('user:status', { userId: buyerId })).toMatchObject({ online: false, lastSeenAt: null });
    });

    it('finds his reactions wherever they stand in a long chat, in steps of any size', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      // In waves: who has everything thrown at him at once reads too slowly, and is cut.
      const sent: Message[] = [];
      while (sent.length < 2_100) {
        sent.push(...(await say(seller, chatId, 100)));
      }
      sent.sort((one, other) => one.seq - other.seq);
      const chosen = [0, 1, 2, 1_999, 2_000, 2_099].map((index) => sent[index]?.id ?? '');
      for (const messageId of chosen) {
        await buyer.get('message:react', { chatId, messageId, emoji: '👍' });
      }
      const found = (await exported(buyerId, 2)).items.filter(({ kind }) => kind === 'reaction');
      expect(new Set(found.map((item) => item.kind === 'reaction' && item.messageId))).toEqual(new Set(chosen));

      expect((await erased(buyerId, 2)).reactions).toBe(chosen.length);

      expect((await everything(seller, chatId)).filter(({ reactions }) => reactions.length > 0)).toEqual([]);
    });

    it('cuts him off, and has the other members sync', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      await buyer.get('message:send', { chatId, text: 'mine' });

      await erased(buyerId);

      expect(await buyer.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
      await buyer.disconnected();
      await seller.event('sync:required');
    });

    it('is done in steps that go on where the one before ended', async () => {
      const userId = newUserId();
      const client = await chat.connect(userId);
      const [one = '', other = ''] = await chatsOf(userId, 2);
      await say(client, one, 7);
      await say(client, other, 6);

      const { messages, steps } = await erased(userId, 3);

      expect(messages).toBe(13);
      expect(steps.length).toBeGreaterThan(4);
      expect(Math.max(...steps.map((step) => step.messages))).toBe(3);
      for (const chatId of [one, other]) {
        const { messages: left } = await admin.get('GET /admin/chats/:chatId/messages', { chatId });
        expect(new Set(left.map(({ text }) => text))).toEqual(new Set(['']));
      }
    });

    it('comes to the same end when it broke off and begins anew, and finds nothing to do after that', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      await say(buyer, chatId, 450);
      const original = AuthoredMessagesRepository.prototype.erase;
      let batches = 0;
      const broken = vi.spyOn(AuthoredMessagesRepository.prototype, 'erase').mockImplementation(function (
        this: AuthoredMessagesRepository,
        ...args
      ) {
        batches += 1;
        return batches === 2 ? Promise.reject(new Error('the plug was pulled')) : original.apply(this, args);
      });
      try {
        expect((await admin.ask('POST /admin/users/:userId/erase', { userId: buyerId })).status).toBe(500);
      } finally {
        broken.mockRestore();
      }
      const half = (await everything(seller, chatId)).filter(({ deletedAt }) => deletedAt !== null).length;
      expect(half).toBe(200);
      await seller.event('sync:required');

      expect((await erased(buyerId)).messages).toBe(250);

      const tombstones = await everything(seller, chatId);
      expect(tombstones.every(({ text, deletedAt }) => text === '' && deletedAt !== null)).toBe(true);
      expect(await erased(buyerId)).toMatchObject({ messages: 0, versions: 0, reactions: 0 });
      expect(await everything(seller, chatId)).toEqual(tombstones);
    });

    it.each([
      ['messages', AuthoredMessagesRepository.prototype],
      ['reactions', GivenReactionsRepository.prototype],
    ])('of whose %s a step was not answered has the members look for what it did', async (what, repository) => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const { id: messageId } = await seller.get('message:send', { chatId, text: 'hello' });
      if (what === 'messages') {
        await say(buyer, chatId, 1);
      } else {
        await buyer.get('message:react', { chatId, messageId, emoji: '👍' });
      }
      loseNextAnswer(repository, 'erase');
      expect((await admin.ask('POST /admin/users/:userId/erase', { userId: buyerId })).status).toBe(503);
      await seller.event('sync:required');
      expect(await erased(buyerId)).toMatchObject({ messages: 0, reactions: 0 });
      const left = (await everything(seller, chatId)).map(({ text, reactions }) => ({ text, reactions }));
      expect(left.filter(({ text, reactions }) => text !== '' || reactions.length > 0)).toEqual([
        { text: 'hello', reactions: [] },
      ]);
    });

    it('while he and others send misses nothing that was there before, and breaks no order', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const before = await say(buyer, chatId, 300);
      const rest = RestClient.of(chat, buyerId);
      const meanwhile: Promise<unknown>[] = [];
      const erasing = erased(buyerId, 50);
      let busy = true;
      const done = erasing.finally(() => {
        busy = false;
      });
      while (busy) {
        const wave = [
          rest.ask('POST /messages', { chatId, text: 'still talking' }),
          seller.get('message:send', { chatId, text: 'to the wall' }),
        ];
        meanwhile.push(...wave);
        await Promise.all(wave);
      }
      await done;
      await Promise.all(meanwhile);

      const left = await everything(seller, chatId);
      expect(left.map(({ seq }) => seq)).toEqual(left.map((_, index) => index + 1));
      expect(new Set(left.map(({ rev }) => rev)).size).toBe(left.length);
      const erasedIds = new Set(before.map(({ id }) => id));
      expect(left.filter(({ id, text }) => erasedIds.has(id) && text !== '')).toEqual([]);
      const others = left.filter(({ text }) => text === 'to the wall');
      expect(others).toHaveLength(meanwhile.length / 2);

      await erased(buyerId);
      expect(
        (await everything(seller, chatId)).filter(({ senderId }) => senderId === buyerId).map(({ text }) => text),
      ).toEqual(left.filter(({ senderId }) => senderId === buyerId).map(() => ''));
    });

    it('lets a repeated send have no second life', async () => {
      const { buyer, buyerId, chatId } = await joinedPair(chat);
      const payload = { chatId, text: 'once', clientMessageId: 'key' };
      const { id } = await buyer.get('message:send', payload);
      await erased(buyerId);
      const again = await RestClient.of(chat, buyerId).get('POST /messages', payload);
      expect(again).toMatchObject({ id, text: '' });
    });

    it('takes no cursor of an export, and of one whom nobody knows there is nothing to erase', async () => {
      const { buyer, buyerId, chatId } = await connectPair(chat);
      await say(buyer, chatId, 2);
      const { nextCursor } = await admin.get('GET /admin/users/:userId/export', { userId: buyerId, limit: 1 });
      const answer = await admin.ask('POST /admin/users/:userId/erase', { userId: buyerId, cursor: nextCursor ?? '' });
      expectRefusal(failureIn(answer), 'VALIDATION_FAILED');
      expect(await erased(newUserId())).toMatchObject({ messages: 0, versions: 0, reactions: 0, records: 0 });
      expect(buyer.socket.connected).toBe(true);
    });
  });
}
