import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerFolder } from './server-folder.js';

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 10_000;
/** A server killed a moment ago may still hold its shared memory; the next one then refuses to start. */
const START_ATTEMPTS = 5;
const RETRY_MS = 100;

export interface ServerProgram {
  /** For errors. */
  name: string;
  /** Where clients reach it. */
  url: string;
  executable: string;
  args: readonly string[];
  /** Asks the server to end in good order. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  /** Resolves once the server answers a query; a rejection means "not yet". */
  answers(): Promise<void>;
}

/** Environment of test servers and their tools: nothing of the caller's that could change how they behave. */
export const serverEnvironment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/** Linux keeps the list; elsewhere there is none, and pausing reaches the main process alone. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Ended by itself meanwhile.
  }
}

/** One server process of the tests, in its own folder, on a port that stays the same over restarts. */
export class ServerProcess {
  #child: ChildProcess | null = null;

  constructor(
    private readonly program: ServerProgram,
    private readonly folder: ServerFolder,
  ) {}

  get url(): string {
    return this.program.url;
  }

  /** Of the main process; another one after a restart. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) {
      throw new Error(`unable to name the pid of ${this.program.name}; it is not running`);
    }
    return pid;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Resolves once the server answers.
   *
   * @throws Error with the end of its log when it does not come up; nothing of it is left then
   */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#launch();
      if (await this.#becomesReady()) {
        return;
      }
      if (attempt === START_ATTEMPTS) {
        const reason = this.#endOfLog();
        await this.dispose();
        throw new Error(`unable to start ${this.program.name}; ${reason}`);
      }
      await delay(RETRY_MS);
    }
  }

  /** Freezes the server: connections stay open and nothing is answered, as behind a network that drops packets. */
  pause(): void {
    const { pid } = this;
    // The main process first, so that it starts no further child meanwhile.
    signal(pid, 'SIGSTOP');
    for (const child of childrenOf(pid)) {
      signal(child, 'SIGSTOP');
    }
  }

  resume(): void {
    const { pid } = this;
    for (const child of childrenOf(pid)) {
      signal(child, 'SIGCONT');
    }
    signal(pid, 'SIGCONT');
  }

  /** Ends the server in good order, its data stays. */
  async stop(): Promise<void> {
    if (!this.running) {
      return;
    }
    this.resume();
    signal(this.pid, this.program.stopSignal);
    if (!(await this.#exitsWithin(STOPPED_WITHIN_MS))) {
      await this.kill();
    }
  }

  /** Ends the server as a crash would: no goodbye to anybody. Its data stays. */
  async kill(): Promise<void> {
    if (!this.running) {
      return;
    }
    this.pause();
    for (const pid of [this.pid, ...childrenOf(this.pid)]) {
      signal(pid, 'SIGKILL');
    }
    await this.#exitsWithin(STOPPED_WITHIN_MS);
  }

  /** Stops the server if it runs, and starts it with the same data on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends the server for good and removes its folder. */
  async dispose(): Promise<void> {
    await this.stop();
    this.folder.remove();
  }

  async #launch(): Promise<void> {
    const log = openSync(this.#logFile(), 'a');
    const child = spawn(this.program.executable, this.program.args, {
      ...this.folder.owner,
      cwd: this.folder.path,
      env: serverEnvironment,
      stdio: ['ignore', log, log],
      // Its own process group: Ctrl+C goes to the test run, which stops its servers in order.
      detached: true,
    });
    closeSync(log);
    await once(child, 'spawn');
    this.#child = child;
    this.folder.note(child.pid);
  }

  async #becomesReady(): Promise<boolean> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (this.running && Date.now() < deadline) {
      try {
        await this.program.answers();
        return this.running;
      } catch {
        await delay(RETRY_MS);
      }
    }
    await this.kill();
    return false;
  }

  async #exitsWithin(milliseconds: number): Promise<boolean> {
    const child = this.#child;
    if (child === null || !this.running) {
      return true;
    }
    try {
      await once(child, 'exit', { signal: AbortSignal.timeout(milliseconds) });
      return true;
    } catch {
      return false;
    }
  }

  #logFile(): string {
    return join(this.folder.path, 'server.log');
  }

  #endOfLog(): string {
    return readFileSync(this.#logFile(), 'utf8').trim().split('\n').slice(-5).join(' | ');
  }
}
