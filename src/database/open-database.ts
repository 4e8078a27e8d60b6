import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { type Dialect, Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import type { DatabaseConfig } from '../config/config.js';
import { replacingPool } from './replacing-pool.js';
import type { Schema } from './schema.js';

export type Database = Kysely<Schema>;

function postgresDialect(
  config: DatabaseConfig,
  onIdleError: (error: Error) => void,
  statementTimeoutMs: number,
): Dialect {
  const pool = new Pool({
    connectionString: config.url,
    max: config.poolSize,
    application_name: 'marketplace-message-service',
    connectionTimeoutMillis: config.timeoutMs,
    statement_timeout: statementTimeoutMs,
    // An instance that freezes in the middle of a change must not keep a chat locked for all the others.
    idle_in_transaction_session_timeout: statementTimeoutMs,
    // A stalled server cannot cancel by itself: the client gives up a little later than the server would.
    query_timeout: statementTimeoutMs + 500,
    keepAlive: true,
  });
  // Without listeners, a connection that dies would end the process: the pool's stands for idle connections, the
  // client's for those in use, whose query tells the failure to its caller anyway.
  pool.on('error', onIdleError);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new PostgresDialect({ pool: replacingPool(pool) });
}

function embeddedDialect(config: DatabaseConfig): Dialect {
  if (!config.dataDir.startsWith('memory://')) {
    mkdirSync(config.dataDir, { recursive: true });
  }
  return new PGliteDialect({ pglite: new PGlite(config.dataDir) });
}

/**
 * Opens the database that the configuration names. Connections are made on first use, so this never fails because
 * PostgreSQL is away.
 *
 * @param onIdleError hears of connections that break while nobody uses them
 * @param statementTimeoutMs longest run of one statement; migrations need more than commands
 */
export function openDatabase(
  config: DatabaseConfig,
  onIdleError: (error: Error) => void,
  statementTimeoutMs = config.timeoutMs,
): Database {
  const dialect =
    config.engine === 'postgres' ? postgresDialect(config, onIdleError, statementTimeoutMs) : embeddedDialect(config);
  return new Kysely<Schema>({ dialect });
}

/** Asks the database for a sign of life, and for schema `chat`: without its migrations no command would succeed. */
export async function ping(database: Database): Promise<void> {
  await sql`select 1 from chat.messages limit 1`.execute(database);
}
