import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import { AdminClient, WITH_ADMIN } from '../../support/admin/admin-client.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { newUserId, UNLIMITED } from '../../support/chats/participants.js';

/** A word that nobody else uses. */
const MARK = 'zanzibar';

/**
 * Every column of the schema that can hold what a user wrote or is, with what his export and his erasure make of it. A new
 * one must be thought about here before it is shipped.
 */
const ACCOUNTED: Record<string, string> = {
  'blocks.blocked_id': 'exported as a block; gone where he has blocked. Who has blocked him is theirs, and stays',
  'blocks.blocker_id': 'as blocks.blocked_id',
  'chat_context.product_id': 'of the chat, not of a user',
  'chat_members.folder': 'exported with the chat; as for a new member',
  'chat_members.role': 'exported with the chat; stays in a direct chat, which is the other member’s too',
  'chat_members.user_id':
    'exported with the chat; stays in a direct chat: an id of the marketplace, which knows whose it was',
  'chat_numbers.number': 'of the chat, not of a user',
  'chats.buyer_id': 'as chat_members.user_id',
  'chats.key_product_id': 'of the chat, not of a user',
  'chats.name': 'of the group, which is its members’; exported with the chat, stays',
  'chats.seller_id': 'as chat_members.user_id',
  'chats.type': 'of the chat, not of a user',
  'former_members.removed_by': 'exported with the former group; stays where it names him, as chat_members.user_id',
  'former_members.user_id': 'exported as a former group; gone',
  'group_keys.client_chat_id': 'exported as a group’s key; gone',
  'group_keys.creator_id': 'as group_keys.client_chat_id',
  'message_edits.attachments': 'exported with the version; gone',
  'message_edits.editor_id':
    'exported with the version; gone with it. Stays where he deleted others’ messages, as chat_members.user_id',
  'message_edits.text': 'exported as a version; gone',
  'messages.attachments': 'exported with the message; gone. The files lie elsewhere (docs/operations.md)',
  'messages.client_message_id': 'exported with the message; stays, so that a repeated send has no second life',
  'messages.product_id': 'exported with the message; stays, an id of the marketplace',
  'messages.reactions': 'exported as reactions; his own are gone, and so are those to his messages',
  'messages.sender_id': 'exported with the message; stays with the tombstone, as chat_members.user_id',
  'messages.system': 'exported with the message; gone. Notices of others keep his id, as chat_members.user_id',
  'messages.text': 'exported with the message; gone',
  'messages.type': 'exported with the message; stays with the tombstone',
  'message_words.words': 'the words of the message; gone',
  'reports.attachments': 'as reports.text',
  'reports.author_id': 'as chat_members.user_id',
  'reports.comment': 'exported as his report; gone',
  'reports.reason': 'exported as his report; stays with it, as it is about somebody else',
  'reports.reporter_id': 'as chat_members.user_id',
  'reports.text': 'a copy of the message, which is exported; gone',
  'search_positions.config': 'of the service, not of a user',
  'user_presence.user_id': 'exported as presence; gone, or without a time where he is invisible: that wish stays',
  'user_profiles.avatar_url': 'exported as the profile; gone',
  'user_profiles.first_name': 'as user_profiles.avatar_url',
  'user_profiles.last_name': 'as user_profiles.avatar_url',
  'user_profiles.role': 'as user_profiles.avatar_url',
  'user_profiles.user_id': 'as user_profiles.avatar_url',
  'user_profiles.username': 'as user_profiles.avatar_url',
};

describe('of a user who was erased', () => {
  let folder: string;
  let db: Database;
  let erased: unknown;
  let leftBefore: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-data-'));
    const chat = await TestChat.start({ env: { ...UNLIMITED, ...WITH_ADMIN, DATA_DIR: folder } });
    const buyerId = newUserId();
    const sellerId = newUserId();
    chat.marketplace.changes.set(String(buyerId), { username: MARK, firstName: MARK, lastName: MARK });
    const [buyer, seller] = [await chat.connect(buyerId), await chat.connect(sellerId)];
    const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId });
    await vi.waitFor(async () => {
      const { members } = await seller.get('chat:get', { chatId });
      expect(members.find(({ userId }) => userId === buyerId)?.profile?.username).toBe(MARK);
    });
    const { id: messageId } = await buyer.get('message:send', { chatId, text: `first ${MARK}` });
    await buyer.get('message:edit', { chatId, messageId, text: `second ${MARK}` });
    const { id: deletedId } = await buyer.get('message:send', { chatId, text: `regretted ${MARK}` });
    await buyer.get('message:delete', { chatId, messageId: deletedId });
    const file = { url: `https://files.example/${MARK}.png`, name: MARK, size: 9, mimeType: 'image/png' };
    await buyer.get('message:send', { chatId, type: 'image', text: '', attachments: [file] });
    const { id: oldFileId } = await buyer.get('message:send', { chatId, type: 'image', text: '', attachments: [file] });
    await buyer.get('message:delete', { chatId, messageId: oldFileId });
    await buyer.get('chat:create', { type: 'group', name: 'Errand', userIds: [sellerId], clientChatId: MARK });
    await seller.get('message:report', { chatId, messageId, reason: 'spam', comment: 'not his words' });
    const { id: theirId } = await seller.get('message:send', { chatId, text: 'what is that?' });
    await buyer.get('message:report', { chatId, messageId: theirId, reason: 'spam', comment: `about ${MARK}` });
    await buyer.get('user:block', { userId: newUserId() });
    await vi.waitFor(async () => {
      expect((await seller.get('message:search', { query: MARK })).results).not.toEqual([]);
    });
    await chat.stop();
    db = open();
    leftBefore = await tablesThatSay(MARK);
    await db.destroy();

    const again = await TestChat.start({ env: { ...UNLIMITED, ...WITH_ADMIN, DATA_DIR: folder } });
    erased = await AdminClient.of(again).get('POST /admin/users/:userId/erase', { userId: buyerId });
    await again.stop();
    db = open();
  });
  afterAll(async () => {
    await db.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  function open(): Database {
    return openDatabase(
      { engine: 'embedded', dataDir: folder, url: '', poolSize: 1, timeoutMs: 10_000, migrateOnStart: true },
      (error) => {
        throw error;
      },
    );
  }

  /** The tables of the schema of which some row, all columns taken together, has the word. */
  async function tablesThatSay(word: string): Promise<string[]> {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'chat' order by 1`.execute(db);
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await sql`
        select 1 from ${sql.table(`chat.${name}`)} t where t::text like ${`%${word}%`} limit 1`.execute(db);
      if (rows.length > 0) {
        found.push(name);
      }
    }
    return found;
  }

  it('no word is left in any table', async () => {
    expect(leftBefore).toEqual([
      'group_keys',
      'message_edits',
      'message_words',
      'messages',
      'reports',
      'user_profiles',
    ]);
    expect(erased).toMatchObject({ messages: 4, versions: 3, reactions: 0, nextCursor: null });
    expect(await tablesThatSay(MARK)).toEqual([]);
  });

  it('every column that could hold something is accounted for', async () => {
    const { rows } = await sql<{ name: string }>`
      select table_name || '.' || column_name as name
        from information_schema.columns
       where table_schema = 'chat'
         and data_type not in ('integer', 'boolean', 'uuid', 'timestamp with time zone')
         and table_name not like 'kysely%'
       order by 1`.execute(db);
    expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(ACCOUNTED).toSorted());
  });
});
