import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { migrations } from '../../migrations/index.js';
import { isLockFailure } from './transient-failure.js';

/** An index on a large table takes its time, and so does waiting for the instance that builds it. */
export const MIGRATION_TIMEOUT_MS = 3_600_000;

/** How long commands go on before locks are asked for again. */
const PAUSE_MS = 1_000;

/**
 * Brings schema `chat` up to date and returns the names of the migrations that ran now.
 *
 * Safe when several instances start at once: Kysely holds an advisory lock while it looks and migrates, so one
 * instance does the work and the others find it done. All pending migrations commit together or not at all.
 *
 * Safe beside instances that are at work: the locks of the tables that every command begins with are taken first, and locks that
 * are not granted soon, because a statement runs for long or waits for this one, are given up with all that was done, and asked
 * for again.
 *
 * @param options.attempts how often it is tried to get the locks
 * @throws what the database threw; of the last attempt, that locks were not granted
 */
export async function migrateToLatest<Schema>(
  db: Kysely<Schema>,
  { attempts = 10 }: { attempts?: number } = {},
): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await migrate(db);
    } catch (error) {
      if (attempt === attempts || !isLockFailure(error)) {
        throw error;
      }
      await pause(PAUSE_MS);
    }
  }
}

async function migrate<Schema>(db: Kysely<Schema>): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => behindLocks(migrations) },
    migrationTableSchema: 'chat',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw error;
  }
  return (results ?? []).filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
}

/** The same migrations, of which the first that runs takes the locks. */
function behindLocks(all: Record<string, Migration>): Record<string, Migration> {
  let locking: Promise<void> | null = null;
  const behindLock = ({ up }: Migration): Migration => ({
    up: async (db) => {
      locking ??= takeLocks(db);
      await locking;
      await up(db);
    },
  });
  return Object.fromEntries(Object.entries(all).map(([name, migration]) => [name, behindLock(migration)]));
}

/**
 * Takes the tables' locks, until the transaction ends, in the order in which commands take them: taken one after the other as
 * migrations come to need them, a command between the two would wait for the migration and the migration for it. Whoever comes
 * after waits behind a lock that is waited for, so this and every later lock of the transaction is waited for shortly. On an
 * empty database there is nothing to lock.
 */
async function takeLocks(db: Kysely<unknown>): Promise<void> {
  await sql`set local lock_timeout = '3s'`.execute(db);
  const { rows } = await sql<{ isThere: boolean }>`select to_regclass('chat.chats') is not null as "isThere"`.execute(
    db,
  );
  if (rows[0]?.isThere === true) {
    await sql`lock table chat.chats, chat.chat_members in access exclusive mode`.execute(db);
  }
}
