import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findPostgres, searchPath } from '../../test/support/services/executables.js';
import { freePort } from '../../test/support/services/free-port.js';
import { makeServerFolder } from '../../test/support/services/server-folder.js';
import { ServerProcess, serverEnvironment } from '../../test/support/services/server-process.js';

const run = promisify(execFile);

/** The test suites' PostgreSQL without their shortcuts: settings are the server's own, so a commit waits for the disk. */
const SETTINGS = ['-c', 'max_connections=200', '-c', 'unix_socket_directories='];

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
  const folder = makeServerFolder('bench-postgres', 'QUIT');
  const data = join(folder.path, 'data');
  const options = { ...folder.owner, cwd: folder.path, env: serverEnvironment };
  try {
    const account = ['--username=postgres', '--auth=trust'];
    const running = run(binaries.initdb, [`--pgdata=${data}`, ...account, '--encoding=UTF8', '--no-locale'], options);
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
      executable: binaries.postgres,
      args: ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', ...SETTINGS],
      stopSignal: 'SIGINT',
      answers: () => answers(url),
    },
    folder,
  );
  await server.start();
  return server;
}

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.end();
}
