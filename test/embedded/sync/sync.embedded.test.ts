import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { SYNC_CHATS_MAX } from '../../../src/contract/index.js';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { describeSync } from '../../support/sync/sync-suite.js';

describe('on the embedded database', () => {
  let db: Database;

  afterAll(async () => {
    await db.destroy();
  });

  describeSync(async () => {
    const { config } = loadConfig({ NODE_ENV: 'test', DATA_DIR: 'memory://' });
    db = openDatabase(config.database, () => undefined);
    await migrateToLatest(db);
    return db;
  });
});

describe('the command chat:sync', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start();
  });

  afterAll(async () => {
    await chat.stop();
  });

  test('gives a client that was away what the others saw live', async () => {
    const buyer = await chat.connect(11);
    const seller = await chat.connect(12);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 11, sellerId: 12 });
    const joined = await buyer.get('chat:join', { chatId });
    await seller.get('chat:join', { chatId });
    buyer.close();
    for (const text of ['one', 'two', 'three']) {
      await seller.get('message:send', { chatId, text });
    }

    const back = await chat.connect(11);
    const { chats } = await back.get('chat:sync', { chats: [{ chatId, rev: joined.chat.rev }] });

    expect(chats).toEqual([
      { chatId, resync: false, rev: 3, hasMore: false, closedAt: null, messages: seller.received('message:new') },
    ]);
  });

  test('answers one chat that cannot be synced beside one that can', async () => {
    const buyer = await chat.connect(21);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 21, sellerId: 22 });
    const unknown = randomUUID();

    const { chats } = await buyer.get('chat:sync', {
      chats: [
        { chatId: unknown, rev: 0 },
        { chatId: chatId.toUpperCase(), rev: 0 },
      ],
    });

    expect(chats.map(({ chatId: id, resync }) => [id, resync])).toEqual([
      [unknown, true],
      [chatId, false],
    ]);
  });

  test('refuses more chats than one call may ask about', async () => {
    const user = await chat.connect(31);
    const cursors = (count: number) => Array.from({ length: count }, () => ({ chatId: randomUUID(), rev: 0 }));

    expect((await user.get('chat:sync', { chats: cursors(SYNC_CHATS_MAX) })).chats).toHaveLength(SYNC_CHATS_MAX);
    expect(await user.failure('chat:sync', { chats: cursors(SYNC_CHATS_MAX + 1) })).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  test.each([-1, 1.5, 2 ** 31, '3', null])('refuses the position %s', async (rev) => {
    const user = await chat.connect(32);

    expect(await user.failure('chat:sync', { chats: [{ chatId: randomUUID(), rev }] })).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [expect.objectContaining({ path: 'chats.0.rev' })],
    });
  });

  test('asks about nothing, answers nothing', async () => {
    const user = await chat.connect(33);

    expect(await user.get('chat:sync', { chats: [] })).toEqual({ chats: [] });
  });
});
