import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { SearchRepository } from '../../../src/search/search.repository.js';
import { draftOf, type MessageStore, type StoredPair, upTo } from '../messages/message-store.js';

/** How the words of messages get beside them, on any database. */
export function describeSearchIndex(open: () => Promise<MessageStore>): void {
  describe('the words of messages', () => {
    let store: MessageStore;
    let search: SearchRepository;

    beforeAll(async () => {
      store = await open();
      search = repository('simple');
    });
    afterAll(() => store.close());

    const repository = (SEARCH_CONFIG: string) => new SearchRepository(store.db, loadConfig({ SEARCH_CONFIG }).config);

    const say = (pair: StoredPair, ...texts: string[]) =>
      store.messages.append(texts.map((text) => draftOf(pair, { text })));

    const found = async ({ buyerId }: StoredPair, query: string, by = search) =>
      (await by.find({ userId: buyerId, query, chatId: undefined, cursor: undefined, limit: 100 })).map(
        ({ text }) => text,
      );

    const dueChats = async (by: SearchRepository) => (await by.dueAfter(NOTHING, 1_000))?.due ?? [];

    it('are taken over in portions, until there are no more', async () => {
      const pair = await store.newPair();
      await say(pair, ...upTo(5).map((n) => `portion ${n}`));

      expect(await search.index([pair.chatId], 2)).toEqual({ messages: 2, unfinished: [pair.chatId] });
      expect(await found(pair, 'portion')).toEqual(['portion 2', 'portion 1']);
      expect(await search.index([pair.chatId], 2)).toEqual({ messages: 2, unfinished: [pair.chatId] });
      expect(await search.index([pair.chatId], 2)).toEqual({ messages: 1, unfinished: [] });
      expect(await search.index([pair.chatId], 2)).toEqual({ messages: 0, unfinished: [] });
      expect(await found(pair, 'portion')).toHaveLength(5);
    });

    it('that are missing are known by their chats, whoever has left them behind', async () => {
      const [behind, complete, silent] = [await store.newPair(), await store.newPair(), await store.newPair()];
      await say(behind, 'not taken over');
      await say(complete, 'taken over');
      await search.index([complete.chatId], 10);

      const due = await dueChats(search);

      expect(due).toContain(behind.chatId);
      expect(due).not.toContain(complete.chatId);
      expect(due).not.toContain(silent.chatId);
    });

    it('are looked for chat by chat, to the end', async () => {
      const all = (await store.db.selectFrom('chat.chats').select('id').orderBy('id').execute()).map(({ id }) => id);
      const lastIds: string[] = [];
      for (let after = NOTHING; ; ) {
        const seen = await search.dueAfter(after, 2);
        if (seen === null) {
          break;
        }
        lastIds.push(seen.lastId);
        after = seen.lastId;
      }
      expect(lastIds).toEqual(all.filter((_, index) => index % 2 === 1 || index === all.length - 1));
    });

    it('of an edited message are those of its text now, and of a deleted one none are left', async () => {
      const pair = await store.newPair();
      const [edited, deleted] = [draftOf(pair, { text: 'once upon' }), draftOf(pair, { text: 'a secret' })];
      await store.messages.append([edited, deleted]);
      await search.index([pair.chatId], 10);
      const change = { chatId: pair.chatId, editorId: pair.buyerId };
      await store.messages.change({ ...change, messageId: edited.id }, () => ({ kind: 'edit', text: 'a time' }));
      await store.messages.change({ ...change, messageId: deleted.id }, () => ({ kind: 'delete' }));
      // Not taken over yet: neither the old words nor the deleted ones find anything.
      expect([await found(pair, 'once'), await found(pair, 'secret')]).toEqual([[], []]);

      await search.index([pair.chatId], 10);

      expect(await found(pair, 'time')).toEqual(['a time']);
      const { rows } = await sql<{ words: number }>`
        select length(words)::integer as words from chat.message_words
         where chat_id = ${pair.chatId} order by seq`.execute(store.db);
      expect(rows.map(({ words }) => words > 0)).toEqual([true, false]);
    });

    it('are not replaced by those of an earlier rev, which somebody slow may still bring', async () => {
      const pair = await store.newPair();
      await say(pair, 'a text');
      await search.index([pair.chatId], 10);
      const words = store.db.updateTable('chat.message_words').where('chat_id', '=', pair.chatId);
      // As if another instance had taken over a later change meanwhile.
      await words.set({ rev: 7 }).execute();
      await sql`update chat.message_words set words = '' where chat_id = ${pair.chatId}`.execute(store.db);
      await store.db.deleteFrom('chat.search_positions').where('chat_id', '=', pair.chatId).execute();

      expect(await search.index([pair.chatId], 10)).toMatchObject({ messages: 1 });
      expect(await found(pair, 'text')).toEqual([]);

      await words.set({ rev: 1 }).execute();
      await store.db.deleteFrom('chat.search_positions').where('chat_id', '=', pair.chatId).execute();
      await search.index([pair.chatId], 10);
      expect(await found(pair, 'text')).toEqual(['a text']);
    });

    it('are taken over anew in another text search configuration', async () => {
      const pair = await store.newPair();
      await say(pair, 'three running horses');
      await search.index([pair.chatId], 10);
      const english = repository('english');
      expect(await found(pair, 'horse', english)).toEqual([]);
      expect(await dueChats(english)).toContain(pair.chatId);

      await english.index([pair.chatId], 10);

      expect(await found(pair, 'run horse', english)).toEqual(['three running horses']);
      expect(await dueChats(english)).not.toContain(pair.chatId);
      expect(await dueChats(search)).toContain(pair.chatId);
    });

    it('find nothing any more for a member who was removed', async () => {
      const pair = await store.newPair();
      await say(pair, 'for members only');
      await search.index([pair.chatId], 10);
      expect(await found(pair, 'members')).toHaveLength(1);

      await store.db
        .deleteFrom('chat.chat_members')
        .where('chat_id', '=', pair.chatId)
        .where('user_id', '=', pair.buyerId)
        .execute();

      expect(await found(pair, 'members')).toEqual([]);
    });

    it('are complete when a chat’s rev has moved without a message', async () => {
      const pair = await store.newPair();
      await say(pair, 'hello');
      await store.db.updateTable('chat.chats').set({ last_rev: 9 }).where('id', '=', pair.chatId).execute();

      await search.index([pair.chatId], 10);

      expect(await dueChats(search)).not.toContain(pair.chatId);
    });
  });
}

const NOTHING = '00000000-0000-0000-0000-000000000000';
