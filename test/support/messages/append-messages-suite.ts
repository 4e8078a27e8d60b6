import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlocksRepository } from '../../../src/blocks/blocks.repository.js';
import type { AppendOutcome } from '../../../src/messages/append-outcome.js';
import { MessageWriter } from '../../../src/messages/message-writer.js';
import { draftOf, MessageStore, type StoredPair, upTo } from './message-store.js';

/** What `chat.append_messages` promises, on any engine that has it. */
export function describeAppendMessages(open: () => Promise<MessageStore>): void {
  describe('appending a batch of messages', () => {
    let store: MessageStore;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    const markOf = async ({ chatId }: StoredPair, userId: string) =>
      (await store.members.list(chatId, userId)).find((member) => member.userId === userId);

    it('numbers the messages of each chat from 1 without gaps, in the order of the batch', async () => {
      const [one, other] = [await store.newPair(), await store.newPair()];
      const drafts = [draftOf(one), draftOf(other), draftOf(one), draftOf(other), draftOf(one)];

      const outcomes = await store.messages.append(drafts);

      expect(outcomes.map(placeOf)).toEqual([1, 1, 2, 2, 3]);
      expect((await store.all(one.chatId)).map(({ id }) => id)).toEqual([drafts[0]?.id, drafts[2]?.id, drafts[4]?.id]);
      await store.messages.append([draftOf(one)]);
      expect((await store.all(one.chatId)).map(({ seq, rev }) => [seq, rev])).toEqual(upTo(4).map((n) => [n, n]));
      expect(await store.chats.find(one.chatId)).toMatchObject({ lastSeq: 4, rev: 4 });
    });

    it('reports a message as it is stored', async () => {
      const pair = await store.newPair();
      const draft = draftOf(pair, { text: 'סלאם 👋🏽\n"quoted" \\ ünïcode', productId: 'p-7' });

      const [outcome] = await store.messages.append([draft]);

      const [row] = await store.messages.page(pair.chatId, { limit: 1 });
      expect(outcome).toEqual({ kind: 'stored', message: row, membersVersion: 1, productChanged: true });
      expect(row).toEqual({
        ...draft,
        seq: 1,
        rev: 1,
        reactions: null,
        createdAt: expect.any(Date),
        editedAt: null,
        deletedAt: null,
      });
    });

    it('answers a repeated key with the message it repeats, and takes no number for it', async () => {
      const pair = await store.newPair();
      const first = draftOf(pair, { clientMessageId: 'key' });
      const [stored] = await store.messages.append([first]);

      const [repeat, next] = await store.messages.append([draftOf(pair, { clientMessageId: 'key' }), draftOf(pair)]);

      expect(repeat).toEqual({ kind: 'duplicate', message: messageOf(stored) });
      expect(placeOf(next)).toBe(2);
      expect(await store.all(pair.chatId)).toHaveLength(2);
    });

    it('stores the first of several equal keys inside one batch and answers the others with it', async () => {
      const pair = await store.newPair();
      const drafts = upTo(3).map(() => draftOf(pair, { clientMessageId: 'thrice' }));

      const [first, second, third] = await store.messages.append([...drafts, draftOf(pair)]);

      expect(first).toMatchObject({ kind: 'stored', message: { id: drafts[0]?.id, seq: 1 } });
      expect(second).toEqual({ kind: 'duplicate', message: messageOf(first) });
      expect(third).toEqual(second);
      expect((await store.all(pair.chatId)).map(({ seq }) => seq)).toEqual([1, 2]);
    });

    it('keeps the keys of different senders and of different chats apart', async () => {
      const [one, other] = [await store.newPair(), await store.newPair()];
      const sameKey = { clientMessageId: 'the same key' };

      const outcomes = await store.messages.append([
        draftOf(one, sameKey),
        draftOf(one, { ...sameKey, senderId: one.sellerId }),
        draftOf(other, sameKey),
      ]);

      expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored']);
    });

    it('reports a write that was committed already, but whose answer was lost, as stored again', async () => {
      const pair = await store.newPair();
      const draft = draftOf(pair, { productId: 'p-1' });
      const [lost] = await store.messages.append([draft]);

      const [retried] = await store.messages.append([draft]);

      expect(retried).toEqual(lost);
      expect(await store.all(pair.chatId)).toHaveLength(1);
    });

    it('refuses who is no member, and chats that do not exist, without harm to the rest of the batch', async () => {
      const [pair, stranger] = [await store.newPair(), await store.newPair()];
      const absent = { ...pair, chatId: '0190b3a0-0000-7000-8000-000000000000' };

      const outcomes = await store.messages.append([
        draftOf(pair),
        draftOf(pair, { senderId: stranger.buyerId }),
        draftOf(absent),
        draftOf(pair),
      ]);

      expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'refused', 'refused', 'stored']);
      expect((await store.all(pair.chatId)).map(({ seq }) => seq)).toEqual([1, 2]);
      expect(await store.all(absent.chatId)).toEqual([]);
    });

    it('lets the service itself speak in any chat that exists, and in no other', async () => {
      const pair = await store.newPair();
      const absent = { ...pair, chatId: '0190b3a0-0000-7000-8000-000000000000' };
      const post = {
        senderId: '',
        type: 'system',
        system: { kind: 'notice', code: 'order_shipped', params: { order: 7 } },
      } as const;

      const drafts = [draftOf(pair, post), draftOf(absent, post), draftOf(pair)];
      const outcomes = await store.messages.append(drafts);

      expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'refused', 'stored']);
      const rows = await store.messages.page(pair.chatId, { limit: 2 });
      expect(rows).toEqual([messageOf(outcomes[0]), messageOf(outcomes[2])]);
      expect(rows.map(({ seq, type, system }) => [seq, type, system])).toEqual([
        [1, 'system', post.system],
        [2, 'text', null],
      ]);
      expect(await markOf(pair, pair.sellerId)).toMatchObject({ lastReadSeq: 0, lastDeliveredSeq: 0 });
      expect(await store.messages.append(drafts.slice(0, 1))).toEqual(outcomes.slice(0, 1));
    });

    it('stores nothing of either while one has blocked the other, without harm to the rest of the batch', async () => {
      const [pair, other] = [await store.newPair(), await store.newPair()];
      const earlier = draftOf(pair, { clientMessageId: 'before the block' });
      const [stored] = await store.messages.append([earlier]);
      const blocks = new BlocksRepository(store.db);
      const block = { blockerId: pair.sellerId, blockedId: pair.buyerId };
      await blocks.block(block);

      const key = { clientMessageId: 'twice' };
      const outcomes = await store.messages.append([
        draftOf(pair, key),
        draftOf(pair, key),
        draftOf(pair, { senderId: pair.sellerId }),
        draftOf(pair, { replyTo: pair.chatId }),
        draftOf(other),
        draftOf(pair, { clientMessageId: 'before the block' }),
        draftOf(pair, { senderId: '', type: 'system', system: { kind: 'notice', code: 'order_shipped', params: {} } }),
      ]);

      const ofBlocked = { kind: 'blocked', by: 'other' };
      expect(outcomes.slice(0, 4)).toEqual([ofBlocked, ofBlocked, { kind: 'blocked', by: 'you' }, ofBlocked]);
      expect(outcomes.slice(4).map(({ kind }) => kind)).toEqual(['stored', 'duplicate', 'stored']);
      expect(messageOf(outcomes[5])).toEqual(messageOf(stored));
      expect((await store.all(pair.chatId)).map(({ seq, type }) => [seq, type])).toEqual([
        [1, 'text'],
        [2, 'system'],
      ]);
      await blocks.unblock(block);
      expect(await store.messages.append([draftOf(pair, key)])).toMatchObject([
        { kind: 'stored', message: { seq: 3 } },
      ]);
    });

    it('stores nothing in a closed chat but what the service itself says, and still answers what was sent before', async () => {
      const [pair, open] = [await store.newPair(), await store.newPair()];
      const [before] = await store.messages.append([draftOf(pair, { clientMessageId: 'before' })]);
      await store.chats.setClosed(pair.chatId, true);
      const late = draftOf(pair, { clientMessageId: 'late' });

      const outcomes = await store.messages.append([
        late,
        draftOf(pair, { clientMessageId: 'late' }),
        draftOf(pair, { clientMessageId: 'before' }),
        draftOf(pair, { senderId: '', type: 'system', system: { kind: 'notice', code: 'closed', params: {} } }),
        draftOf(pair, { type: 'system', system: { kind: 'member_left', userId: 1, newOwnerId: null } }),
        draftOf(pair, { replyTo: '0190b3a0-0000-7000-8000-000000000000' }),
        draftOf(open),
        draftOf(pair, { senderId: open.buyerId }),
      ]);

      expect(outcomes.map(({ kind }) => kind)).toEqual([
        'closed',
        'closed',
        'duplicate',
        'stored',
        'stored',
        'closed',
        'stored',
        'refused',
      ]);
      expect(outcomes[2]).toEqual({ kind: 'duplicate', message: messageOf(before) });
      expect(outcomes.slice(3, 5).map((outcome) => messageOf(outcome)?.seq)).toEqual([2, 3]);
      await store.chats.setClosed(pair.chatId, false);
      expect(messageOf((await store.messages.append([late]))[0])?.seq).toBe(4);
    });

    it('refuses a stranger who knows the key of a member, too', async () => {
      const [pair, stranger] = [await store.newPair(), await store.newPair()];
      await store.messages.append([draftOf(pair, { clientMessageId: 'overheard' })]);

      const theft = draftOf(pair, { senderId: stranger.buyerId, clientMessageId: 'overheard' });
      expect(await store.messages.append([theft, theft])).toEqual([{ kind: 'refused' }, { kind: 'refused' }]);
    });

    it('marks as read and received by the sender what he wrote, and nothing by the other', async () => {
      const pair = await store.newPair();
      await store.messages.append([draftOf(pair), draftOf(pair)]);

      expect(await markOf(pair, pair.buyerId)).toMatchObject({ lastReadSeq: 2, lastDeliveredSeq: 2 });
      expect(await markOf(pair, pair.sellerId)).toMatchObject({ lastReadSeq: 0, lastDeliveredSeq: 0 });
      const receiver = { chatId: pair.chatId, userId: pair.sellerId, senderId: pair.buyerId };
      expect(await store.members.receiverStates([receiver])).toEqual([
        { ...receiver, lastReadSeq: 0, muted: false, senderProfile: null },
      ]);
      await store.messages.append([draftOf(pair, { senderId: pair.sellerId })]);
      expect(await markOf(pair, pair.sellerId)).toMatchObject({ lastReadSeq: 3, lastDeliveredSeq: 3 });
      expect(await markOf(pair, pair.buyerId)).toMatchObject({ lastReadSeq: 2 });
    });

    it('makes the last product of the batch the context of the chat, and tells whether that is a change', async () => {
      const pair = await store.newPair();
      const send = async (...products: (string | null)[]) =>
        (await store.messages.append(products.map((productId) => draftOf(pair, { productId })))).map(
          (outcome) => outcome.kind === 'stored' && outcome.productChanged,
        );

      expect(await send(null)).toEqual([false]);
      expect(await send('p-1', 'p-2', null)).toEqual([true, true, true]);
      expect((await store.chats.find(pair.chatId))?.productId).toBe('p-2');
      expect(await send('p-2')).toEqual([false]);
      expect(await send('p-3')).toEqual([true]);
      expect((await store.chats.find(pair.chatId))?.productId).toBe('p-3');
    });

    it('leaves nothing of a batch that holds a row the database refuses', async () => {
      const pair = await store.newPair();
      const poisoned = [draftOf(pair, { productId: 'p-1' }), draftOf(pair, { text: 'NUL \u0000 inside' })];

      await expect(store.messages.append(poisoned)).rejects.toThrow();

      expect(await store.all(pair.chatId)).toEqual([]);
      expect(await store.chats.find(pair.chatId)).toMatchObject({ lastSeq: 0, rev: 0, productId: null });
      expect(await markOf(pair, pair.buyerId)).toMatchObject({ lastReadSeq: 0 });
    });

    it('stores the neighbours of a refused row, through the writer', async () => {
      const pair = await store.newPair();
      const failures: unknown[] = [];
      const writer = new MessageWriter((drafts) => store.messages.append(drafts), {
        queueLimit: 100,
        sendTimeoutMs: 5_000,
        onFailure: (error) => failures.push(error),
      });
      const texts = upTo(9).map((n) => (n === 4 ? 'NUL \u0000 inside' : `message ${n}`));

      const results = await Promise.allSettled(texts.map((text) => writer.store(draftOf(pair, { text }))));

      expect(results.map(({ status }) => status)).toEqual(
        texts.map((text) => (text.startsWith('NUL') ? 'rejected' : 'fulfilled')),
      );
      expect(results[3]).toMatchObject({ reason: { code: 'INTERNAL' } });
      expect(failures).toHaveLength(1);
      const rows = await store.all(pair.chatId);
      expect(rows.map(({ text }) => text)).toEqual(texts.filter((text) => !text.startsWith('NUL')));
      expect(rows.map(({ seq }) => seq)).toEqual(upTo(8));
    });

    it('stores attachments and what a message answers, and reports them as they are read', async () => {
      const pair = await store.newPair();
      const question = draftOf(pair);
      await store.messages.append([question]);
      const attachments = [
        { url: 'https://files.example/a.jpg', name: 'a "quoted" 👋.jpg', size: 1, mimeType: 'image/jpeg' },
        { url: 'https://files.example/b.pdf', name: 'b.pdf', size: 2 ** 40, mimeType: 'application/pdf' },
      ];
      const reply = draftOf(pair, { type: 'file', text: '', attachments, replyTo: question.id });

      const [outcome] = await store.messages.append([reply]);

      expect(messageOf(outcome)).toMatchObject({ type: 'file', text: '', attachments, replyTo: question.id, seq: 2 });
      expect((await store.messages.page(pair.chatId, { limit: 2 }))[1]).toEqual(messageOf(outcome));
      expect(await store.messages.find(pair.chatId, reply.id)).toEqual(messageOf(outcome));
    });

    it('stores no reply to what the chat does not have, without harm to the rest of the batch', async () => {
      const [pair, other] = [await store.newPair(), await store.newPair()];
      const elsewhere = draftOf(other);
      await store.messages.append([elsewhere]);

      const outcomes = await store.messages.append([
        draftOf(pair),
        draftOf(pair, { replyTo: '0190b3a0-0000-7000-8000-000000000000' }),
        draftOf(pair, { replyTo: elsewhere.id, clientMessageId: 'twice' }),
        draftOf(pair, { replyTo: elsewhere.id, clientMessageId: 'twice' }),
        draftOf(pair, { senderId: other.buyerId, replyTo: elsewhere.id }),
        draftOf(pair),
      ]);

      expect(outcomes.map(({ kind }) => kind)).toEqual([
        'stored',
        'unanswerable',
        'unanswerable',
        'unanswerable',
        'refused',
        'stored',
      ]);
      expect((await store.all(pair.chatId)).map(({ seq, rev }) => [seq, rev])).toEqual([
        [1, 1],
        [2, 2],
      ]);
      expect(await store.chats.find(pair.chatId)).toMatchObject({ lastSeq: 2, rev: 2 });
    });

    it('answers a message that was sent before as it stands now, with what became of it since', async () => {
      const pair = await store.newPair();
      const draft = draftOf(pair);
      await store.messages.append([draft]);
      const { chatId, sellerId } = pair;
      const reactions = [{ emoji: '👍', userIds: [sellerId] }];
      const changed = await store.messages.change({ chatId, messageId: draft.id, editorId: sellerId }, () => ({
        kind: 'react',
        reactions,
      }));

      const [lost, repeated, next] = await store.messages.append([
        draft,
        draftOf(pair, { clientMessageId: draft.clientMessageId }),
        draftOf(pair),
      ]);

      expect(lost).toMatchObject({ kind: 'stored', message: { reactions, rev: 2, seq: 1 } });
      expect(messageOf(lost)).toEqual(changed?.message);
      expect(repeated).toEqual({ kind: 'duplicate', message: changed?.message });
      expect(next).toMatchObject({ kind: 'stored', message: { reactions: null, rev: 3, seq: 2 } });
    });

    it('takes an empty batch as nothing to do', async () => {
      expect(await store.messages.append([])).toEqual([]);
    });
  });
}

function messageOf(outcome: AppendOutcome | undefined) {
  return outcome !== undefined && 'message' in outcome ? outcome.message : undefined;
}

function placeOf(outcome: AppendOutcome | undefined): number | undefined {
  return messageOf(outcome)?.seq;
}
