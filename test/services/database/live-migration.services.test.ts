import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { migrations } from '../../../migrations/index.js';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import { draftOf, MessageStore } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

/** The last state before commands had to be heeded that run meanwhile. */
const BEFORE = '0016_append_for_features';
const PATIENCE = { timeout: 30_000, interval: 20 };

describeWithServices('migrating a database that is at work', (services) => {
  let url: string;
  let opened: Database[];

  beforeEach(async () => {
    opened = [];
    ({ url } = await services.freshDatabase());
    const { error } = await new Migrator({
      db: open(),
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: 'chat',
    }).migrateTo(BEFORE);
    expect(error).toBeUndefined();
  });
  afterEach(() => Promise.all(opened.map((db) => db.destroy())));

  function open(): Database {
    const db = openDatabase(
      { engine: 'postgres', url, dataDir: '', poolSize: 4, timeoutMs: 60_000, migrateOnStart: true },
      (error) => {
        throw error;
      },
    );
    opened.push(db);
    return db;
  }

  /** A chat as an instance of before has stored it, with two messages. */
  async function oldChat(db: Database, type: 'direct' | 'group'): Promise<string> {
    const chatId = uuidv7();
    const [first, second] = type === 'direct' ? ['buyer', 'seller'] : ['owner', 'member'];
    const key = type === 'direct' ? [first, second, ''] : [null, null, ''];
    await sql`
      insert into chat.chats (id, type, name, buyer_id, seller_id, key_product_id, last_seq, last_rev)
      values (${chatId}, ${type}, ${type === 'group' ? 'Old friends' : null}, ${key[0]}, ${key[1]}, ${key[2]}, 2, 2)`.execute(
      db,
    );
    await sql`
      insert into chat.chat_members (chat_id, user_id, role, last_read_seq)
      values (${chatId}, ${first}, ${first}, 2), (${chatId}, ${second}, ${second}, 0)`.execute(db);
    for (const seq of [1, 2]) {
      await sql`
        insert into chat.messages (chat_id, seq, rev, id, sender_id, type, text, client_message_id, created_at)
        values (${chatId}, ${seq}, ${seq}, ${randomUUID()}, ${first}, 'text', 'from before', ${seq}, now())`.execute(
        db,
      );
    }
    return chatId;
  }

  /** Who waits for a lock of a whole table. */
  async function waitingForTables(db: Kysely<never>): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from pg_locks
       where not granted and mode = 'AccessExclusiveLock'
         and database = (select oid from pg_database where datname = current_database())`.execute(db);
    return rows[0]?.count ?? 0;
  }

  it('brings its chats along, and fails no command that reads them meanwhile', async () => {
    const [node, reader] = [open(), open()];
    const chats = [await oldChat(node, 'direct'), await oldChat(node, 'group')];
    await sql`
      insert into chat.chat_members (chat_id, user_id, role)
      select ${chats[1]}, 'member ' || n, 'member' from generate_series(1, 100000) n`.execute(node);
    let over = false;
    const reading = Array.from({ length: 3 }, async () => {
      for (let reads = 0; ; reads++) {
        await sql`
          select count(*) from chat.chats c join chat.chat_members m on m.chat_id = c.id where m.user_id = 'buyer'`.execute(
          reader,
        );
        if (over) {
          return reads;
        }
      }
    });
    await migrateToLatest(node).finally(() => {
      over = true;
    });
    for (const reads of await Promise.all(reading)) {
      expect(reads).toBeGreaterThan(0);
    }

    const store = await MessageStore.postgres(url);
    try {
      for (const [chatId, senderId] of [
        [chats[0], 'seller'],
        [chats[1], 'member'],
      ] as const) {
        const pair = { chatId: String(chatId), buyerId: senderId, sellerId: senderId };
        const [outcome] = await store.messages.append([{ ...draftOf(pair), senderId }]);
        expect(outcome).toMatchObject({ kind: 'stored', message: { seq: 3, rev: 3 } });
      }
    } finally {
      await store.close();
    }
  });

  it('ends without a trace when it has asked often enough', async () => {
    const [node, other] = [open(), open()];
    const end = Promise.withResolvers<void>();
    const long = other.transaction().execute(async (transaction) => {
      await sql`select 1 from chat.chats`.execute(transaction);
      await end.promise;
    });
    await expect(migrateToLatest(node, { attempts: 1 })).rejects.toMatchObject({ code: '55P03' });
    end.resolve();
    await long;
    expect((await migrateToLatest(node, { attempts: 1 }))[0]).toBe('0017_blocks');
  });

  it('gives way to a transaction that goes on for long, lets commands pass, and tries again', async () => {
    const [node, other] = [open(), open()];
    const end = Promise.withResolvers<void>();
    const long = other.transaction().execute(async (transaction) => {
      await sql`select 1 from chat.chats`.execute(transaction);
      await end.promise;
    });
    const migrated = migrateToLatest(node);
    const waiting = (): Promise<number> => waitingForTables(other as unknown as Kysely<never>);
    await vi.waitFor(async () => expect(await waiting()).toBe(1), PATIENCE);
    await vi.waitFor(async () => expect(await waiting()).toBe(0), PATIENCE);
    await sql`select 1 from chat.chats`.execute(other);
    end.resolve();
    await long;
    expect((await migrated).at(-1)).toBe(Object.keys(migrations).at(-1));
  });
});
