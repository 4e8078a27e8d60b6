import { dockerAnswers, postgresContainer, type RunningServer, redisContainer } from './containers.js';
import { findPostgres, findRedis, searchPath } from './executables.js';
import { launchPostgres } from './postgres-server.js';
import { launchRedis } from './redis-server.js';
import type { ServerProcess } from './server-process.js';
import { chooseSources, type PostgresBinaries, type RedisBinaries, type Source } from './source-choice.js';

/** What the test files of a run are given: the servers, or why there are none. */
export type ProvidedServices =
  | { kind: 'available'; postgresUrl: string; redisUrl: string }
  | { kind: 'skipped'; line: string };

interface SharedServers {
  services: ProvidedServices;
  stop(): Promise<void>;
}

/**
 * Projects have module graphs of their own, so that a module variable would start the servers once per project. The
 * process is what they share.
 */
const HOLDER = Symbol.for('marketplace-message-service.test-servers');
const holder = globalThis as typeof globalThis & { [HOLDER]?: { users: number; started: Promise<SharedServers> } };

/** The run's servers, started for the first project that asks. */
export async function acquireServers(): Promise<ProvidedServices> {
  holder[HOLDER] ??= { users: 0, started: startServers() };
  holder[HOLDER].users += 1;
  return (await holder[HOLDER].started).services;
}

/** Stops the run's servers once the last project that asked is done. */
export async function releaseServers(): Promise<void> {
  const held = holder[HOLDER];
  if (held === undefined) {
    return;
  }
  held.users -= 1;
  if (held.users === 0) {
    delete holder[HOLDER];
    await (await held.started).stop();
  }
}

async function startServers(): Promise<SharedServers> {
  const folders = searchPath(process.env.PATH);
  const choice = await chooseSources({
    env: process.env,
    dockerAnswers,
    findPostgres: async () => findPostgres(folders),
    findRedis: async () => findRedis(folders),
  });
  if (choice.kind === 'fail') {
    throw new Error(choice.line);
  }
  if (choice.kind === 'skip') {
    console.warn(choice.line);
    return { services: { kind: 'skipped', line: choice.line }, stop: async () => undefined };
  }
  const postgres = await startFirst(choice.postgres, postgresContainer, postgresProcess);
  try {
    const redis = await startFirst(choice.redis, redisContainer, redisProcess);
    return {
      services: { kind: 'available', postgresUrl: postgres.url, redisUrl: redis.url },
      stop: async () => {
        await Promise.all([postgres.stop(), redis.stop()]);
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

const postgresProcess = async (binaries: PostgresBinaries) => asRunningServer(await launchPostgres(binaries));
const redisProcess = async (binaries: RedisBinaries) => asRunningServer(await launchRedis(binaries));

function asRunningServer(server: ServerProcess): RunningServer {
  return { url: server.url, stop: () => server.dispose() };
}

async function startFirst<Binaries>(
  sources: readonly Source<Binaries>[],
  inDocker: () => Promise<RunningServer>,
  fromBinaries: (binaries: Binaries) => Promise<RunningServer>,
): Promise<RunningServer> {
  const failures: unknown[] = [];
  for (const source of sources) {
    try {
      switch (source.kind) {
        case 'given':
          return { url: source.url, stop: async () => undefined };
        case 'docker':
          return await inDocker();
        case 'binaries':
          return await fromBinaries(source.binaries);
      }
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, 'unable to start a server for the suites on real services; every source failed');
}
