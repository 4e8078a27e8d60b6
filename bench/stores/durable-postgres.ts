import { findPostgres, searchPath } from '../../test/support/services/executables.js';
import { launchPostgres } from '../../test/support/services/postgres-server.js';
import type { ServerProcess } from '../../test/support/services/server-process.js';

/** In place of the test suites' shortcuts: durability stays the server's own, so a commit waits for the disk. */
const SETTINGS = ['-c', 'max_connections=200'];

/**
 * Starts a PostgreSQL of the bench's own on a free port of 127.0.0.1. The caller disposes of it.
 *
 * @throws Error when PostgreSQL is not installed or does not come up
 */
export async function launchDurablePostgres(): Promise<ServerProcess> {
  const binaries = findPostgres(searchPath(process.env.PATH));
  if (binaries === null) {
    throw new Error('unable to start PostgreSQL; install postgresql or set BENCH_DATABASE_URL');
  }
  return await launchPostgres(binaries, SETTINGS);
}
