import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlocksRepository } from '../../../src/blocks/blocks.repository.js';
import type { MessageChange } from '../../../src/messages/message-changes.js';
import type { Editor } from '../../../src/messages/messages.repository.js';
import { draftOf, MessageStore, type StoredPair } from './message-store.js';

const NOWHERE = '0190b3a0-0000-7000-8000-000000000000';

/** What changing a stored message promises, on any engine. */
export function describeStoredChanges(open: () => Promise<MessageStore>): void {
  describe('changing a stored message', () => {
    let store: MessageStore;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    /** A chat whose buyer wrote these texts, and their ids. */
    async function written(...texts: string[]): Promise<StoredPair & { ids: string[] }> {
      const pair = await store.newPair();
      const drafts = texts.map((text) => draftOf(pair, { text, productId: 'p-1' }));
      await store.messages.append(drafts);
      return { ...pair, ids: drafts.map(({ id }) => id) };
    }

    function change({ chatId, buyerId }: StoredPair, messageId: string | undefined, to: MessageChange) {
      return store.messages.change({ chatId, messageId: messageId ?? NOWHERE, editorId: buyerId }, () => to);
    }

    const edit = (pair: StoredPair, messageId: string | undefined, text: string) =>
      change(pair, messageId, { kind: 'edit', text });

    async function history(chatId: string) {
      return await store.db
        .selectFrom('chat.message_edits')
        .select(['message_id', 'rev', 'text', 'editor_id'])
        .where('chat_id', '=', chatId)
        .orderBy('rev')
        .execute();
    }

    it("gives it the chat's next rev and leaves its place and all else as they were", async () => {
      const pair = await written('one', 'two', 'three');
      const before = (await store.messages.page(pair.chatId, { limit: 10 })).find(({ id }) => id === pair.ids[1]);

      const outcome = await edit(pair, pair.ids[1], 'two, corrected');

      const expected = { ...before, text: 'two, corrected', rev: 4, editedAt: expect.any(Date) };
      expect(outcome).toEqual({ message: expected, changed: true, membersVersion: 1 });
      expect((await store.messages.page(pair.chatId, { limit: 10 }))[1]).toEqual(outcome?.message);
      expect(await store.chats.find(pair.chatId)).toMatchObject({ lastSeq: 3, rev: 4 });
    });

    it('is judged with who changes it as he is under the lock: his role, and the blocks between him and the other', async () => {
      const pair = await written('one');
      const editors: (Editor | null)[] = [];
      const look = (editorId: string) =>
        store.messages.change({ chatId: pair.chatId, messageId: pair.ids[0] ?? NOWHERE, editorId }, (_, { editor }) => {
          editors.push(editor);
          return null;
        });

      await look(pair.buyerId);
      await new BlocksRepository(store.db).block({ blockerId: pair.sellerId, blockedId: pair.buyerId });
      await look(pair.buyerId);
      await look(pair.sellerId);
      await look('nobody in it');

      expect(editors).toEqual([
        { role: 'buyer', blockedByPeer: false, blocksPeer: false },
        { role: 'buyer', blockedByPeer: true, blocksPeer: false },
        { role: 'seller', blockedByPeer: false, blocksPeer: true },
        null,
      ]);
    });

    it('keeps what it said before each edit and before its end, and who changed it', async () => {
      const pair = await written('first words');
      const [messageId] = pair.ids;
      await edit(pair, messageId, 'second thoughts');
      await edit(pair, messageId, 'third attempt');
      const deleted = await change(pair, messageId, { kind: 'delete' });

      expect(deleted?.message).toMatchObject({ text: '', rev: 4, seq: 1, deletedAt: expect.any(Date) });
      expect(await history(pair.chatId)).toEqual(
        ['first words', 'second thoughts', 'third attempt'].map((text, index) => ({
          message_id: messageId,
          rev: index + 1,
          text,
          editor_id: pair.buyerId,
        })),
      );
    });

    it('of an image takes its files away with its text, and keeps both', async () => {
      const pair = await store.newPair();
      const attachments = [{ url: 'https://files.example/a.jpg', name: 'a.jpg', size: 1, mimeType: 'image/jpeg' }];
      const draft = draftOf(pair, { type: 'image', text: 'caption', attachments });
      await store.messages.append([draft, draftOf(pair)]);
      await change(pair, draft.id, { kind: 'react', reactions: [{ emoji: '👍', userIds: [pair.sellerId] }] });

      const deleted = await change(pair, draft.id, { kind: 'delete' });

      expect(deleted?.message).toMatchObject({ type: 'image', text: '', attachments: null, reactions: null, seq: 1 });
      expect(await store.messages.find(pair.chatId, draft.id)).toEqual(deleted?.message);
      expect(
        await store.db
          .selectFrom('chat.message_edits')
          .select(['text', 'attachments'])
          .where('chat_id', '=', pair.chatId)
          .execute(),
      ).toEqual([{ text: 'caption', attachments }]);
    });

    it('by a reaction takes the next rev, and leaves nothing among what was said before', async () => {
      const pair = await written('one', 'two');
      const reactions = [
        { emoji: '👍', userIds: [pair.sellerId, pair.buyerId] },
        { emoji: '❤️', userIds: [pair.buyerId] },
      ];

      const reacted = await change(pair, pair.ids[0], { kind: 'react', reactions });
      expect(reacted?.message).toMatchObject({ reactions, rev: 3, seq: 1, text: 'one', editedAt: null });
      const [synced] = await store.messages.changesAfter(pair.sellerId, [{ chatId: pair.chatId, rev: 2 }], {
        perChat: 10,
        total: 10,
      });
      expect(synced?.changes).toEqual([reacted?.message]);

      const bare = await change(pair, pair.ids[0], { kind: 'react', reactions: null });
      expect(bare?.message).toMatchObject({ reactions: null, rev: 4 });
      expect(await history(pair.chatId)).toEqual([]);
    });

    it('is judged with the standing of who changes it, and with whether the chat is closed, as both are under the lock', async () => {
      const pair = await written('one');
      const judged: unknown[] = [];
      for (const closed of [false, true]) {
        await store.chats.setClosed(pair.chatId, closed);
        for (const editorId of [pair.buyerId, pair.sellerId, 'a stranger']) {
          await store.messages.change(
            { chatId: pair.chatId, messageId: pair.ids[0] ?? '', editorId },
            (_message, chat) => {
              judged.push(chat);
              return null;
            },
          );
        }
      }
      const unblocked = { blockedByPeer: false, blocksPeer: false };
      const editors = [{ role: 'buyer', ...unblocked }, { role: 'seller', ...unblocked }, null];
      expect(judged).toEqual([false, true].flatMap((closed) => editors.map((editor) => ({ editor, closed }))));
    });

    it('leaves no trace of a deleted text on any path that clients read', async () => {
      const pair = await written('a secret');
      const cursor = { chatId: pair.chatId, rev: 0 };
      await edit(pair, pair.ids[0], 'the same secret, in other words');
      await change(pair, pair.ids[0], { kind: 'delete' });

      const read = [
        await store.messages.page(pair.chatId, { limit: 10 }),
        await store.messages.page(pair.chatId, { afterSeq: 0, limit: 10 }),
        await store.messages.changesAfter(pair.buyerId, [cursor], { perChat: 10, total: 10 }),
        await store.messages.append([draftOf(pair, { clientMessageId: pair.ids[0] ?? '', text: 'a secret, again' })]),
      ];

      expect(JSON.stringify(read)).not.toContain('secret');
      expect(read[0]).toMatchObject([{ id: pair.ids[0], seq: 1, text: '', productId: 'p-1' }]);
    });

    it('is found from any cursor before it, once, as it stands last', async () => {
      const pair = await written('one', 'two', 'three');
      await edit(pair, pair.ids[0], 'one, edited');
      await change(pair, pair.ids[1], { kind: 'delete' });
      await edit(pair, pair.ids[0], 'one, edited twice');
      const changesSince = async (rev: number) => {
        const [chat] = await store.messages.changesAfter(pair.sellerId, [{ chatId: pair.chatId, rev }], {
          perChat: 10,
          total: 10,
        });
        return chat?.changes.map(({ rev: at, seq, text }) => [at, seq, text]);
      };

      const three = [3, 3, 'three'];
      const two = [5, 2, ''];
      const one = [6, 1, 'one, edited twice'];
      expect(await changesSince(0)).toEqual([three, two, one]);
      expect(await changesSince(3)).toEqual([two, one]);
      expect(await changesSince(5)).toEqual([one]);
      expect(await changesSince(6)).toEqual([]);
    });

    it('takes no place from the messages after it: their seqs have no gap, their revs go on', async () => {
      const pair = await written('one');
      await edit(pair, pair.ids[0], 'one, edited');
      await store.messages.append([draftOf(pair), draftOf(pair)]);
      await edit(pair, pair.ids[0], 'one, edited again');
      await store.messages.append([draftOf(pair)]);

      const rows = await store.all(pair.chatId);
      expect(rows.map(({ seq, rev }) => [seq, rev])).toEqual([
        [1, 5],
        [2, 3],
        [3, 4],
        [4, 6],
      ]);
    });

    it('writes nothing where it is judged to change nothing', async () => {
      const pair = await written('as it is');
      const [before] = await store.messages.page(pair.chatId, { limit: 1 });

      expect(await change(pair, pair.ids[0], null)).toEqual({ message: before, changed: false, membersVersion: 1 });

      expect(await store.messages.page(pair.chatId, { limit: 1 })).toEqual([before]);
      expect(await history(pair.chatId)).toEqual([]);
      expect(await store.chats.find(pair.chatId)).toMatchObject({ rev: 1 });
    });

    it('undoes everything when the judge throws, and lets the next writer in', async () => {
      const pair = await written('not yours');
      const refusal = new Error('not the author');
      const refused = store.messages.change(
        { chatId: pair.chatId, messageId: pair.ids[0] ?? '', editorId: pair.sellerId },
        () => {
          throw refusal;
        },
      );

      await expect(refused).rejects.toBe(refusal);

      expect(await history(pair.chatId)).toEqual([]);
      expect(await edit(pair, pair.ids[0], 'still mine')).toMatchObject({ changed: true, message: { rev: 2 } });
      await store.messages.append([draftOf(pair)]);
    });

    it('undoes everything when the database refuses the text', async () => {
      const pair = await written('storable');
      await expect(edit(pair, pair.ids[0], 'NUL \u0000 inside')).rejects.toThrow();
      expect(await history(pair.chatId)).toEqual([]);
      expect(await store.messages.page(pair.chatId, { limit: 1 })).toMatchObject([{ text: 'storable', rev: 1 }]);
      expect(await store.chats.find(pair.chatId)).toMatchObject({ rev: 1 });
    });

    it('is not even judged where the chat has no such message', async () => {
      const [pair, other] = [await written('here'), await written('there')];
      const judged: unknown[] = [];
      const judge = (message: unknown): MessageChange => {
        judged.push(message);
        return { kind: 'delete' };
      };
      const { chatId, buyerId: editorId } = pair;

      const outcomes = [
        await store.messages.change({ chatId, messageId: NOWHERE, editorId }, judge),
        await store.messages.change({ chatId, messageId: other.ids[0] ?? '', editorId }, judge),
        await store.messages.change({ chatId: NOWHERE, messageId: pair.ids[0] ?? '', editorId }, judge),
      ];

      expect(outcomes).toEqual([undefined, undefined, undefined]);
      expect(judged).toEqual([]);
      expect((await store.all(other.chatId)).map(({ text }) => text)).toEqual(['there']);
    });
  });
}
