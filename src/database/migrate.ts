import { loadConfig } from '../config/load-config.js';
import { MIGRATION_TIMEOUT_MS, migrateToLatest } from './migrate-to-latest.js';
import { openDatabase } from './open-database.js';

const { config } = loadConfig();
const db = openDatabase(
  config.database,
  (error) => console.error(`database connection lost; ${error.message}`),
  MIGRATION_TIMEOUT_MS,
);
try {
  const applied = await migrateToLatest(db);
  console.log(applied.length === 0 ? 'schema chat is up to date' : `applied ${applied.join(', ')}`);
} finally {
  await db.destroy();
}
