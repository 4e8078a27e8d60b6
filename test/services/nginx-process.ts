import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable, searchPath } from '../support/services/executables.js';
import { freePort } from '../support/services/free-port.js';
import { makeServerFolder } from '../support/services/server-folder.js';
import { ServerProcess } from '../support/services/server-process.js';

export const nginxBinary = findExecutable('nginx', searchPath(process.env.PATH));

/** One request, as nginx logged it when it ended. */
export interface AccessLogEntry {
  client: string;
  path: string;
  status: number;
  /** Port of the instance that served it. */
  upstreamPort: number;
}

export interface Nginx {
  readonly url: string;
  /** The access log so far, as it stands in the file. */
  rawLog(): string;
  accessLog(): AccessLogEntry[];
  stop(): Promise<void>;
}

/** Replaces what stands in the configuration `times` times, so that a change there cannot make a test look elsewhere. */
function replaced(conf: string, from: string, to: string, times = 1): string {
  const parts = conf.split(from);
  if (parts.length !== times + 1) {
    throw new Error(
      `unable to adapt deploy/nginx.conf; "${from}" stands there ${parts.length - 1} times, not ${times}`,
    );
  }
  return parts.join(to);
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/**
 * Starts the real nginx with `deploy/nginx.conf`. Only addresses and file places differ: the upstream servers, the port,
 * the access log, and the folder of temporary files, which is root's by default.
 *
 * @param instancePorts of the two instances, on 127.0.0.1
 */
export async function startNginx(executable: string, instancePorts: readonly [number, number]): Promise<Nginx> {
  const folder = makeServerFolder('nginx', 'TERM');
  const port = await freePort();
  const logFile = join(folder.path, 'access.log');
  let conf = readFileSync(new URL('../../deploy/nginx.conf', import.meta.url), 'utf8');
  conf = replaced(conf, 'server chat-1:3001', `server 127.0.0.1:${instancePorts[0]}`);
  conf = replaced(conf, 'server chat-2:3001', `server 127.0.0.1:${instancePorts[1]}`);
  conf = replaced(conf, 'listen 8080;', `listen 127.0.0.1:${port};`);
  conf = replaced(conf, 'access_log /dev/stdout', `access_log ${logFile}`);
  const places = TEMPORARY.map((name) => `${name}_temp_path ${join(folder.path, name)};`);
  conf = replaced(conf, '\nhttp {\n', `\nhttp {\n${places.join('\n')}\n`);
  const confFile = join(folder.path, 'nginx.conf');
  writeFileSync(confFile, conf);
  const url = `http://127.0.0.1:${port}`;
  const server = new ServerProcess(
    {
      name: 'nginx',
      url,
      executable,
      args: ['-c', confFile, '-p', folder.path, '-e', 'stderr', '-g', `daemon off; pid ${join(folder.path, 'pid')};`],
      stopSignal: 'SIGTERM',
      answers: async () => {
        const response = await fetch(`${url}/balancer/health`);
        if (response.status !== 204) {
          throw new Error(`nginx answered ${response.status}`);
        }
      },
    },
    folder,
  );
  await server.start();
  const rawLog = () => readFileSync(logFile, 'utf8');
  return {
    url,
    rawLog,
    accessLog: () => rawLog().split('\n').flatMap(entryOf),
    stop: () => server.dispose(),
  };
}

const LINE = /^\S+ (?<client>\S+) "\S+ (?<path>\S+)" (?<status>\d+) \S+ (?:.*:)?(?<port>\d+)$/;

/** Of a line with several upstreams, the last: it is the one that served. */
function entryOf(line: string): AccessLogEntry[] {
  const { client, path, status, port } = LINE.exec(line)?.groups ?? {};
  return client === undefined || path === undefined
    ? []
    : [{ client, path, status: Number(status), upstreamPort: Number(port) }];
}
