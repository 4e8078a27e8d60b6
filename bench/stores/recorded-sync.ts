import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { loadConfig } from '../../src/config/load-config.js';
import type { Schema } from '../../src/database/schema.js';
import { Delivery } from '../../src/delivery/delivery.js';
import { ChatAudience } from '../../src/members/chat-audience.js';
import { MembersRepository } from '../../src/members/members.repository.js';
import { Membership } from '../../src/members/membership.js';
import { MessageAnnouncer } from '../../src/messages/message-announcer.js';
import { type Cursor, MessagesRepository } from '../../src/messages/messages.repository.js';
import { MessagesService } from '../../src/messages/messages.service.js';
import { ProfilesRepository } from '../../src/profiles/profiles.repository.js';
import { ProfilesService } from '../../src/profiles/profiles.service.js';

/** What the service asks of the database for one `chat:sync`. */
export interface RecordedSync {
  statements: number;
  /** Index ranges of the messages that were read: one would do for each chat that changed. */
  messageRanges: number;
  /** Pages read, over all tables. */
  pages: number;
  /** Milliseconds in the database. */
  executionMs: number;
  /** `EXPLAIN (ANALYZE, BUFFERS)` as text. */
  plan: string;
}

interface PlanNode {
  'Relation Name'?: string;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

interface ExplainedPlan {
  Plan: PlanNode;
  'Execution Time': number;
}

/** Runs the service's own sync on a database, and has PostgreSQL explain the statement that it sent. */
export async function recordSync(
  databaseUrl: string,
  userId: string,
  cursors: readonly Cursor[],
): Promise<RecordedSync> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  const sent: { sql: string; parameters: readonly unknown[] }[] = [];
  const database = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void sent.push(query),
  });
  try {
    const members = new MembersRepository(database);
    const membership = new Membership(members);
    const messages = new MessagesService(
      loadConfig({}).config,
      new MessagesRepository(database),
      membership,
      new MessageAnnouncer(new Delivery(), membership, members, new ChatAudience(membership)),
      new ProfilesService(new ProfilesRepository(database)),
    );
    await messages.sync(userId, cursors);
    const [statement] = sent;
    if (statement === undefined) {
      throw new Error('unable to explain a sync; it asked the database nothing');
    }
    const explain = async <Line>(options: string): Promise<Line[]> => {
      const { rows } = await pool.query<{ 'QUERY PLAN': Line }>(`explain (${options}) ${statement.sql}`, [
        ...statement.parameters,
      ]);
      return rows.map((row) => row['QUERY PLAN']);
    };
    const [[explained] = []] = await explain<ExplainedPlan[]>('analyze, buffers, format json');
    if (explained === undefined) {
      throw new Error('unable to explain a sync; PostgreSQL gave no plan');
    }
    return {
      statements: sent.length,
      messageRanges: rangesOf(explained.Plan, 'messages'),
      pages: explained.Plan['Shared Hit Blocks'] + explained.Plan['Shared Read Blocks'],
      executionMs: explained['Execution Time'],
      plan: (await explain<string>('analyze, buffers')).join('\n'),
    };
  } finally {
    await database.destroy();
  }
}

/** How often nodes that read a table were run, over the whole plan. */
function rangesOf(node: PlanNode, table: string): number {
  const own = node['Relation Name'] === table ? node['Actual Loops'] : 0;
  return (node.Plans ?? []).reduce((sum, child) => sum + rangesOf(child, table), own);
}
