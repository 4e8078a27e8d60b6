import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { makeServerFolder } from './server-folder.js';
import { ServerProcess } from './server-process.js';
import type { RedisBinaries } from './source-choice.js';

/** What every test server is given, however it is started: room for parallel test files, nothing on disk. */
export const REDIS_SETTINGS = ['--databases', '256', '--save', '', '--appendonly', 'no'] as const;

/**
 * Starts a Redis of its own on a free port of 127.0.0.1. It keeps nothing over a restart. The caller disposes of it.
 *
 * @throws Error when the binary does not come up
 */
export async function launchRedis({ redisServer }: RedisBinaries): Promise<ServerProcess> {
  const folder = makeServerFolder('redis', 'TERM');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const server = new ServerProcess(
    {
      name: 'Redis',
      url,
      executable: redisServer,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path, ...REDIS_SETTINGS],
      stopSignal: 'SIGTERM',
      answers: () => answers(url),
    },
    folder,
  );
  await server.start();
  return server;
}

async function answers(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 1_000, retryStrategy: () => null });
  // Without a listener ioredis prints every refused connection.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
