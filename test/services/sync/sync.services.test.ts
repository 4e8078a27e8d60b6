import { Kysely, PostgresDialect, sql } from 'kysely';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import type { Schema } from '../../../src/database/schema.js';
import { type Cursor, MessagesRepository } from '../../../src/messages/messages.repository.js';
import { messagesServiceOver } from '../../support/messages/messages-service-over.js';
import { describeWithServices } from '../../support/services/test-services.js';
import { ChatHistory } from '../../support/sync/chat-history.js';
import { explain, type PlanNode } from '../../support/sync/query-plan.js';
import { applyTo, describeSync } from '../../support/sync/sync-suite.js';

describeWithServices('on PostgreSQL', (services) => {
  let url: string;
  let db: Database;

  beforeAll(async () => {
    url = (await services.freshDatabase()).url;
    const { config } = loadConfig({ NODE_ENV: 'test', DATABASE_URL: url });
    db = openDatabase(config.database, () => undefined);
    await migrateToLatest(db);
  });

  afterAll(async () => {
    await db.destroy();
  });

  describeSync(async () => db);

  describe('sync while messages are written', () => {
    test('an answer that looks whole is whole: no rev below its cursor is missing', async () => {
      const service = messagesServiceOver(db);
      const history = await ChatHistory.create(db);
      const writers = Array.from({ length: 4 }, () => writeInto(history, 30));
      let [rev, answers] = [0, 0];

      const read = async (): Promise<void> => {
        const [answer] = await service.sync(history.buyerId, [{ chatId: history.chatId, rev }]);
        // Nothing is edited here, so every rev is a message of its own.
        const expected = Array.from({ length: (answer?.rev ?? 0) - rev }, (_, index) => rev + index + 1);
        expect(answer?.messages.map((message) => message.rev)).toEqual(expected);
        rev = answer?.rev ?? rev;
        answers++;
      };
      let writing = true;
      const written = Promise.all(writers).finally(() => {
        writing = false;
      });
      while (writing) {
        await read();
      }
      await written;
      await read();

      expect(rev).toBe(4 * 30);
      expect(answers).toBeGreaterThan(5);
    });

    test('who follows the cursor while messages are sent and edited ends with what the chat holds', async () => {
      const service = messagesServiceOver(db);
      const history = await ChatHistory.create(db);
      const shown = history.shownAt(0);
      let rev = 0;
      const read = async (): Promise<void> => {
        const [answer] = await service.sync(history.buyerId, [{ chatId: history.chatId, rev }]);
        applyTo(shown, answer?.messages ?? []);
        rev = answer?.rev ?? rev;
      };

      for (let round = 0; round < 40; round++) {
        await Promise.all([round % 3 === 2 ? history.edit(round * 7) : history.send(3), read(), read()]);
      }
      await read();

      expect(rev).toBe(history.rev);
      expect(shown).toEqual(history.shownAt(history.rev));
    });

    /** Sends on its own, beside others in the same chat: only the table knows who came first. */
    async function writeInto(history: ChatHistory, count: number): Promise<void> {
      for (let sent = 0; sent < count; sent++) {
        await history.send(1);
      }
    }
  });

  describe('the plan of sync', () => {
    const CHATS = 200;
    const CHANGED = 10;
    let plan: PlanNode[];

    beforeAll(async () => {
      const first = await ChatHistory.create(db);
      const histories = [first];
      while (histories.length < CHATS) {
        histories.push(await ChatHistory.create(db, first.buyerId));
      }
      // Enough that reading a table would be the cheaper plan if the statement allowed it.
      for (const history of histories) {
        await history.send(60);
      }
      await addOtherChats(20_000);
      await sql`analyze`.execute(db);
      const cursors = histories.map(({ chatId, rev }, index) => ({
        chatId,
        rev: index % (CHATS / CHANGED) === 0 ? rev - 3 : rev,
      }));
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        plan = await explain(client, await compiledSync(url, first.buyerId, cursors));
      } finally {
        await client.end();
      }
    });

    async function addOtherChats(count: number): Promise<void> {
      await sql`
        with added as (
          insert into chat.chats (id, type, buyer_id, seller_id)
          select gen_random_uuid(), 'direct', 'other-buyer-' || i, 'other-seller-' || i from generate_series(1, ${count}::int) i
          returning id, buyer_id, seller_id
        )
        insert into chat.chat_members (chat_id, user_id, role)
        select id, buyer_id, 'buyer' from added
        union all
        select id, seller_id, 'seller' from added`.execute(db);
    }

    const readsOf = (table: string): PlanNode[] => plan.filter((node) => node['Relation Name'] === table);

    test('reads messages through the index of revs only, once for each chat that changed', () => {
      const reads = readsOf('messages');

      expect(reads.map((node) => [node['Node Type'], node['Index Name'], node['Actual Loops']])).toEqual([
        ['Index Scan', 'messages_by_rev', CHANGED],
      ]);
      expect(reads[0]?.['Index Cond']).toMatch(/chat_id = .* AND \(rev > /);
      expect(reads[0]?.['Actual Rows']).toBe(3);
    });

    test('scans no table from end to end', () => {
      expect(plan.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'])).toEqual([]);
    });
  });
});

/** The statement that the repository really sends, with its parameters. */
async function compiledSync(
  url: string,
  userId: string,
  cursors: readonly Cursor[],
): Promise<{ sql: string; parameters: readonly unknown[] }> {
  const statements: { sql: string; parameters: readonly unknown[] }[] = [];
  const logged = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }),
    log: ({ query }) => {
      statements.push(query);
    },
  });
  try {
    await new MessagesRepository(logged).changesAfter(userId, cursors, { perChat: 100, total: 500 });
  } finally {
    await logged.destroy();
  }
  const [statement, ...others] = statements;
  if (statement === undefined || others.length > 0) {
    throw new Error(`unable to explain; the repository sent ${statements.length} statements instead of one`);
  }
  return statement;
}
