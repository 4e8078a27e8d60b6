import { execFile } from 'node:child_process';
import { globSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { vi } from 'vitest';

const run = promisify(execFile);

/** With a slash at its end. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

const SOURCES = ['src/**', 'migrations/**', 'tsconfig*.json', 'scripts/build.mjs'];
/** Written last by the compiler's copy step or never: a build that broke off is not taken for a whole one. */
const PRODUCTS = ['dist/src/main.js', 'dist/src/presence/presence-touch.lua'];
/** Longer than any build; a lock this old belongs to a run that was killed. */
const LOCK_LIFE_MS = 60_000;

/**
 * Compiles the service into `dist/` unless what is there is newer than every source, so that a test never runs
 * yesterday's code. Test files run side by side: one builds, the others wait for it.
 *
 * @returns the path of the compiled `main.js`
 */
export async function compiledService(): Promise<string> {
  const lock = `${projectRoot}node_modules/.compiled-service.lock`;
  await vi.waitFor(() => acquire(lock), { timeout: 2 * LOCK_LIFE_MS, interval: 100 });
  try {
    if (!isFresh()) {
      await run(process.execPath, ['scripts/build.mjs'], {
        cwd: projectRoot,
        env: { ...process.env, PATH: `${projectRoot}node_modules/.bin:${process.env.PATH}` },
      });
    }
  } finally {
    rmdirSync(lock);
  }
  return `${projectRoot}dist/src/main.js`;
}

/** Making a directory is atomic: exactly one of several processes succeeds. @throws while somebody else holds it */
function acquire(lock: string): void {
  const heldSince = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (heldSince !== undefined && Date.now() - heldSince > LOCK_LIFE_MS) {
    rmdirSync(lock);
  }
  mkdirSync(lock);
}

function isFresh(): boolean {
  const newest = Math.max(...globSync(SOURCES, { cwd: projectRoot }).map(changedAt));
  return PRODUCTS.every((product) => changedAt(product) > newest);
}

/** Milliseconds since the epoch; 0 for what does not exist. */
function changedAt(path: string): number {
  return statSync(`${projectRoot}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
