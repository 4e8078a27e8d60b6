import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from '../../migrations/index.js';

/** An index on a large table takes its time, and so does waiting for the instance that builds it. */
export const MIGRATION_TIMEOUT_MS = 3_600_000;

/**
 * Brings schema `chat` up to date and returns the names of the migrations that ran now.
 *
 * Safe when several instances start at once: Kysely holds an advisory lock while it looks and migrates, so one
 * instance does the work and the others find it done. All pending migrations commit together or not at all.
 */
export async function migrateToLatest<Schema>(db: Kysely<Schema>): Promise<string[]> {
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
