import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Schema } from '../../src/database/schema.js';
import type { Cursor } from '../../src/messages/messages.repository.js';
import { messagesServiceOver } from '../../test/support/messages/messages-service-over.js';

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
    await messagesServiceOver(database).sync(userId, cursors);
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
