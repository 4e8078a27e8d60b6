import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { isTransientDatabaseFailure } from './transient-failure.js';

/**
 * A pool that does not take back a connection on which a statement failed to come to an end.
 *
 * After a client-side time-out node-postgres still waits for the old answer on that connection: the next statement given to
 * it would wait behind it, for ever where the network died without a word. A new connection costs little then.
 */
export function replacingPool(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => watched(await pool.connect()),
    end: () => pool.end(),
  };
}

function watched(client: PoolClient): PostgresPoolClient {
  let broken = false;
  const query = async (sql: string, parameters: unknown[]): Promise<unknown> => {
    try {
      return await client.query(sql, parameters);
    } catch (error) {
      broken ||= isTransientDatabaseFailure(error);
      throw error;
    }
  };
  return { query, release: (destroy?: boolean) => client.release(destroy || broken) } as PostgresPoolClient;
}
