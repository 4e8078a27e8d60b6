import type { CompiledQuery } from 'kysely';
import type { Client } from 'pg';

/** A node of `EXPLAIN (FORMAT JSON)`, as far as it is looked at here. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  /** How often the node ran; 0 for one that was never started. */
  'Actual Loops': number;
  'Actual Rows': number;
  Plans?: PlanNode[];
}

/** Runs a query as the service would, and returns every node of the plan it really took. */
export async function explain(
  client: Client,
  { sql, parameters }: Pick<CompiledQuery, 'sql' | 'parameters'>,
): Promise<PlanNode[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (analyze, buffers, format json) ${sql}`,
    [...parameters],
  );
  const root = rows[0]?.['QUERY PLAN'][0].Plan;
  if (root === undefined) {
    throw new Error('unable to explain; PostgreSQL answered no plan');
  }
  return flatten(root);
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
