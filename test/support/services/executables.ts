import { accessSync, constants, globSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { PostgresBinaries, RedisBinaries } from './source-choice.js';

/** Debian keeps the servers of PostgreSQL off the PATH, one folder per major version. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql/*/bin';

/** Where system daemons live; a user's PATH often leaves it out. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function majorVersion(folder: string): number {
  return Number(/(\d+)[^/]*\/bin$/.exec(folder)?.[1] ?? 0);
}

/** The folders of a PATH, then the daemons' folders. */
export function searchPath(path: string | undefined): string[] {
  return [...(path ?? '').split(delimiter).filter((folder) => folder !== ''), ...SYSTEM_FOLDERS];
}

/** The first folder's executable of that name, or `null`. */
export function findExecutable(name: string, folders: readonly string[]): string | null {
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** `initdb` and `postgres` out of one folder, so that their versions agree; Debian's newest version where PATH has none. */
export function findPostgres(folders: readonly string[], debianPattern = DEBIAN_POSTGRES): PostgresBinaries | null {
  const debian = globSync(debianPattern).toSorted((a, b) => majorVersion(b) - majorVersion(a));
  for (const folder of [...folders, ...debian]) {
    const initdb = findExecutable('initdb', [folder]);
    const postgres = findExecutable('postgres', [folder]);
    if (initdb !== null && postgres !== null) {
      return { initdb, postgres };
    }
  }
  return null;
}

export function findRedis(folders: readonly string[]): RedisBinaries | null {
  const redisServer = findExecutable('redis-server', folders);
  return redisServer === null ? null : { redisServer };
}
