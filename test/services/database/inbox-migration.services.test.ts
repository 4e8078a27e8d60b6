import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrations } from '../../../migrations/index.js';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import { InboxRepository } from '../../../src/inbox/inbox.repository.js';
import { describeWithServices } from '../../support/services/test-services.js';

const LAST_BEFORE = '0007_append_in_one_pass';

describeWithServices('chats from before there was an inbox', (services) => {
  let db: Database;

  beforeAll(async () => {
    const { url } = await services.freshDatabase();
    db = openDatabase(
      { engine: 'postgres', url, dataDir: '', poolSize: 3, timeoutMs: 10_000, migrateOnStart: true },
      (error) => {
        throw error;
      },
    );
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: 'chat',
    });
    const { error } = await migrator.migrateTo(LAST_BEFORE);
    expect(error).toBeUndefined();
  });
  afterAll(() => db.destroy());

  /** @param ages of its messages, days; the chat is 100 days old */
  async function oldChat(sellerId: string, ages: readonly number[], readByBuyer: number): Promise<string> {
    const chatId = randomUUID();
    await sql`
      insert into chat.chats (id, type, buyer_id, seller_id, last_seq, last_rev, created_at)
      values (${chatId}, 'direct', 'old buyer', ${sellerId}, ${ages.length}, ${ages.length}, now() - interval '100 days')`.execute(
      db,
    );
    await sql`
      insert into chat.chat_members (chat_id, user_id, role, last_read_seq)
      values (${chatId}, 'old buyer', 'buyer', ${readByBuyer}), (${chatId}, ${sellerId}, 'seller', ${ages.length})`.execute(
      db,
    );
    for (const [index, age] of ages.entries()) {
      const seq = index + 1;
      await sql`
        insert into chat.messages (chat_id, seq, rev, id, sender_id, type, text, client_message_id, created_at)
        values (${chatId}, ${seq}, ${seq}, ${randomUUID()}, ${sellerId}, 'text', 'hello', ${seq},
                now() - ${age} * interval '1 day')`.execute(db);
    }
    return chatId;
  }

  it('are listed by their last messages, counted, and go on as ever', async () => {
    const silent = await oldChat('s1', [], 0);
    const recent = await oldChat('s2', [9, 1], 1);
    const older = await oldChat('s3', [50, 20], 2);

    await migrateToLatest(db);

    const inbox = new InboxRepository(db);
    const ids = async () =>
      (await inbox.page('old buyer', { folder: 'inbox', after: null, limit: 10 })).map(({ chat }) => chat.id);
    expect(await ids()).toEqual([recent, older, silent]);
    expect(await inbox.unread('old buyer')).toEqual({ unreadCount: 1, unreadChats: 1, settleable: 0 });

    const draft = { id: randomUUID(), chatId: silent, senderId: 's1', type: 'text', text: 'at last', productId: null };
    await sql`select * from chat.append_messages(${JSON.stringify([{ ...draft, clientMessageId: 'k' }])}::jsonb)`.execute(
      db,
    );
    expect(await ids()).toEqual([silent, recent, older]);
    expect(await inbox.unread('old buyer')).toMatchObject({ unreadCount: 2, unreadChats: 2 });
  });
});
