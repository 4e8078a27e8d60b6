import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.js';
import { makeServerFolder } from './server-folder.js';
import { ServerProcess, serverEnvironment } from './server-process.js';
import type { PostgresBinaries } from './source-choice.js';

const run = promisify(execFile);

/**
 * What every test server is given, however it is started. `fsync` is off because no test survives a power cut;
 * `synchronous_commit` stays on because tests do kill servers, and what was acked must outlive that.
 */
export const POSTGRES_SETTINGS = [
  '-c',
  'fsync=off',
  '-c',
  'full_page_writes=off',
  '-c',
  'max_connections=300',
] as const;

/**
 * Starts a PostgreSQL of its own on a free port of 127.0.0.1, with an empty database `postgres`. The caller disposes of it.
 *
 * @param settings server settings as command-line arguments, `-c name=value`
 * @throws Error when the binaries do not come up
 */
export async function launchPostgres(
  { initdb, postgres }: PostgresBinaries,
  settings: readonly string[] = POSTGRES_SETTINGS,
): Promise<ServerProcess> {
  const folder = makeServerFolder('postgres', 'QUIT');
  const data = join(folder.path, 'data');
  const options = { ...folder.owner, cwd: folder.path, env: serverEnvironment };
  try {
    const account = ['--username=postgres', '--auth=trust'];
    const running = run(
      initdb,
      [`--pgdata=${data}`, ...account, '--encoding=UTF8', '--no-locale', '--no-sync'],
      options,
    );
    folder.note(running.child.pid);
    await running;
  } catch (cause) {
    folder.remove();
    throw new Error('unable to start PostgreSQL; initdb failed', { cause });
  }
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const server = new ServerProcess(
    {
      name: 'PostgreSQL',
      url,
      executable: postgres,
      args: [
        ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
        // No socket file: its path may not be longer than 107 bytes, which a deep temp folder exceeds.
        ...['-c', 'unix_socket_directories='],
        ...settings,
      ],
      stopSignal: 'SIGINT',
      answers: () => answers(url),
    },
    folder,
  );
  await server.start();
  return server;
}

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  // A server that goes away between connect and end must not end the test run.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}
