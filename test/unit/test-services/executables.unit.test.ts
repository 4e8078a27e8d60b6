import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExecutable, findPostgres, findRedis, searchPath } from '../../support/services/executables.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'executables-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Puts files into a folder below `root`, and returns the folder. */
function folder(path: string, names: readonly string[], mode = 0o755): string {
  const full = join(root, path);
  mkdirSync(full, { recursive: true });
  for (const name of names) {
    writeFileSync(join(full, name), '', { mode });
  }
  return full;
}

const NO_DEBIAN = '/nonexistent/*/bin';

describe('looking for server binaries', () => {
  it('takes the first folder of the PATH that has one', () => {
    const [first, second] = [folder('a', ['redis-server']), folder('b', ['redis-server'])];

    expect(findRedis([folder('empty', []), first, second])).toEqual({ redisServer: join(first, 'redis-server') });
  });

  it('passes over files that cannot be run, and folders', () => {
    const plain = folder('plain', ['redis-server'], 0o644);
    const directory = folder('directory', []);
    mkdirSync(join(directory, 'redis-server'));

    expect(findExecutable('redis-server', [plain, directory])).toBeNull();
  });

  it('takes initdb and postgres from one folder', () => {
    const [half, whole] = [folder('half', ['initdb']), folder('whole', ['initdb', 'postgres'])];

    expect(findPostgres([half, whole], NO_DEBIAN)?.initdb).toBe(join(whole, 'initdb'));
  });

  it("takes Debian's newest version, by number, where the PATH has none", () => {
    for (const version of ['9.6', '15', '17']) {
      folder(`lib/${version}/bin`, ['initdb', 'postgres']);
    }

    expect(findPostgres([], join(root, 'lib/*/bin'))).toEqual({
      initdb: join(root, 'lib/17/bin/initdb'),
      postgres: join(root, 'lib/17/bin/postgres'),
    });
  });

  it('finds nothing on a bare machine', () => {
    expect(findPostgres([root], NO_DEBIAN)).toBeNull();
    expect(findRedis([root])).toBeNull();
  });

  it('searches the PATH in order, then where system daemons live', () => {
    expect(searchPath(['/one', '/two'].join(delimiter))).toEqual(['/one', '/two', '/usr/sbin', '/usr/local/sbin']);
    expect(searchPath(undefined)).toEqual(['/usr/sbin', '/usr/local/sbin']);
  });
});
