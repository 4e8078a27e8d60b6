import { findRedis, searchPath } from '../../test/support/services/executables.js';
import { launchRedis } from '../../test/support/services/redis-server.js';

/** A real Redis: the one `BENCH_REDIS_URL` names, else one of its own. */
export async function startBenchRedis(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.BENCH_REDIS_URL;
  if (given !== undefined) {
    return { url: given, stop: async () => undefined };
  }
  const binaries = findRedis(searchPath(process.env.PATH));
  if (binaries === null) {
    throw new Error('unable to start Redis; install redis-server or set BENCH_REDIS_URL');
  }
  const server = await launchRedis(binaries);
  return { url: server.url, stop: () => server.dispose() };
}
