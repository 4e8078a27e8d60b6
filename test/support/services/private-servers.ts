import { afterAll, describe, inject } from 'vitest';
import { findPostgres, findRedis, searchPath } from './executables.js';
import type {} from './global-setup.js';
import { launchPostgres } from './postgres-server.js';
import { launchRedis } from './redis-server.js';
import type { ServerProcess } from './server-process.js';
import { skippingFails } from './source-choice.js';

/**
 * Servers of a suite's own, for tests that break them: `pause`, `resume`, `stop`, `kill`, `restart`. The port stays the same.
 * Disposed of with the suite.
 */
export interface PrivateServers {
  startPostgres(): Promise<ServerProcess>;
  startRedis(): Promise<ServerProcess>;
}

const REMEDY = 'install postgresql and redis-server on this machine';

/**
 * A suite that breaks its servers. It needs binaries, because a container cannot be frozen and started again on the same
 * port; without them it is skipped, and fails with `CI=true`.
 */
export function describeWithPrivateServers(name: string, body: (servers: PrivateServers) => void): void {
  const folders = searchPath(process.env.PATH);
  const [postgres, redis] = [findPostgres(folders), findRedis(folders)];
  const skipped = (postgres === null || redis === null) && !skippingFails(process.env);
  // Where all services are missing, the run has said so already.
  if (skipped && inject('services').kind === 'available') {
    console.warn(`"${name}" is skipped: ${REMEDY}.`);
  }
  describe.skipIf(skipped)(name, () => {
    const started: ServerProcess[] = [];

    // Registered before the suite's own, hence run after them: by then its connections are closed.
    afterAll(async () => {
      await Promise.all(started.map((server) => server.dispose()));
    });

    async function start<Binaries>(
      launch: (binaries: Binaries) => Promise<ServerProcess>,
      binaries: Binaries | null,
    ): Promise<ServerProcess> {
      if (binaries === null) {
        throw new Error(`unable to start a server to break; ${REMEDY}`);
      }
      const server = await launch(binaries);
      started.push(server);
      return server;
    }

    body({ startPostgres: () => start(launchPostgres, postgres), startRedis: () => start(launchRedis, redis) });
  });
}
