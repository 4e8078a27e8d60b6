import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
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
 * Safe beside instances that are at work: locks that are not granted soon, because a statement runs for long or waits for this
 * one, are given up with all that was done, and asked for again.
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
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: 'chat',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw error;
  }
  return (results ?? []).filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
}
