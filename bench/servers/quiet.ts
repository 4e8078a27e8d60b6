import { setTimeout as wait } from 'node:timers/promises';
import type { ServerUnderTest } from './server-under-test.js';

const WINDOW_MS = 500;
const QUIET_SHARE = 0.1;
const TIMEOUT_MS = 60_000;

/**
 * Resolves when a server has done its work: it used less than a tenth of a core over half a second. What it still owes
 * after its last answer (presence, announcements, clean-up) is part of what it was asked to do.
 *
 * @returns its CPU time when it went quiet, microseconds
 * @throws Error when it is still busy after a minute
 */
export async function cpuWhenQuiet(server: ServerUnderTest): Promise<number> {
  const deadline = performance.now() + TIMEOUT_MS;
  let before = server.cpu();
  while (performance.now() < deadline) {
    const since = performance.now();
    await wait(WINDOW_MS);
    const now = server.cpu();
    if (now - before < QUIET_SHARE * (performance.now() - since) * 1_000) {
      return now;
    }
    before = now;
  }
  throw new Error(`unable to measure ${server.name}; it does not come to rest`);
}
