import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessOwner, serverOwner } from './unprivileged-user.js';

const PID_FILE = 'server.pid';

/**
 * Reads until the pipe closes, which it does however the test run ends: on its last line, by Ctrl+C, by SIGKILL. A
 * folder that is still there then belongs to a server that nobody stopped. It is removed again while the server, on
 * its way out, still writes to it.
 */
const WATCH = `
cat >/dev/null
test -d "$1" || exit 0
pid=$(cat "$1/${PID_FILE}") && kill -"$2" "$pid" && kill -CONT "$pid"
for round in 1 2 3 4 5; do sleep 1; rm -rf "$1"; done
`;

/** A folder for one server's data. It does not outlive the test run, and neither does the process noted in it. */
export interface ServerFolder {
  path: string;
  /** Owns the folder; the server runs as this account. */
  owner: ProcessOwner;
  /** Says which process must end should the test run go away. */
  note(pid: number | undefined): void;
  remove(): void;
}

/**
 * Makes a folder in the system's temporary one.
 *
 * @param leftoverSignal ends the server at once, children included; without the `SIG`
 */
export function makeServerFolder(name: string, leftoverSignal: 'QUIT' | 'TERM'): ServerFolder {
  const owner = serverOwner();
  const path = mkdtempSync(join(tmpdir(), `chat-test-${name}-`));
  chmodSync(path, 0o700);
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(path, owner.uid, owner.gid);
  }
  const watch = spawn('sh', ['-c', WATCH, 'sh', path, leftoverSignal], {
    // Its own process group: a terminal's Ctrl+C must end the test run, not the watch over it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.unref();
  return {
    path,
    owner,
    note: (pid) => {
      writeFileSync(join(path, PID_FILE), String(pid));
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      watch.stdin.end();
    },
  };
}
