import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../test/support/services/free-port.js';
import { cpuMicros, type MemoryUse, memoryUse } from './process-usage.js';

export interface ServerSpec {
  /** Column heading, and name of the log file. */
  name: string;
  /** Compiled entry file. */
  entry: string;
  env: Readonly<Record<string, string>>;
  /** HTTP path that answers 200 once the server takes connections; any answer will do when it is absent. */
  readyPath?: string;
  /** Where the CPU profile goes; none is taken when absent, as profiling costs CPU itself. */
  profileDir?: string | undefined;
  /** Whether a baseline gets Node's default heap instead of the service's. */
  defaultHeap?: boolean;
  /** Whether this is the service, which always runs as shipped. */
  isService: boolean;
}

/** The flags that `npm start` gives the service; every server gets them, so that none has another heap. */
const SHIPPED_FLAGS = ['--enable-source-maps', '--max-semi-space-size=8', '--heap-growing-percent=20'];
const DEFAULT_HEAP_FLAGS = ['--enable-source-maps'];

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 50;
const LOG_TAIL = 2_000;

/** A server under test in a process of its own, whose CPU and memory are read from the operating system. */
export class ServerUnderTest {
  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly pid: number,
    private readonly logFile: string,
  ) {}

  /** @throws Error with the end of the server's log when it does not come up in 30 s */
  static async start(spec: ServerSpec, logDir: string): Promise<ServerUnderTest> {
    const port = await freePort();
    const logFile = join(logDir, `${spec.name}-${port}.log`);
    const log = openSync(logFile, 'w');
    const profiling =
      spec.profileDir === undefined
        ? []
        : ['--cpu-prof', '--cpu-prof-dir', spec.profileDir, '--cpu-prof-name', `${spec.name}.cpuprofile`];
    const flags = spec.defaultHeap === true && !spec.isService ? DEFAULT_HEAP_FLAGS : SHIPPED_FLAGS;
    const child = spawn(process.execPath, [...flags, ...profiling, spec.entry], {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...spec.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await once(child, 'spawn');
    const server = new ServerUnderTest(spec.name, `http://127.0.0.1:${port}`, child, child.pid as number, logFile);
    try {
      await server.ready(spec.readyPath);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** CPU time used so far, microseconds. */
  cpu(): number {
    return cpuMicros(this.pid);
  }

  memory(): MemoryUse {
    return memoryUse(this.pid);
  }

  async stop(): Promise<void> {
    if (!this.running()) {
      return;
    }
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const deadline = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exit;
    clearTimeout(deadline);
  }

  private running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private async ready(path: string | undefined): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (this.running() && Date.now() < deadline) {
      if (await this.answers(path)) {
        return;
      }
      await wait(POLL_MS);
    }
    const log = readFileSync(this.logFile, 'utf8').slice(-LOG_TAIL);
    throw new Error(`unable to start ${this.name}; it did not become ready. Its log ends:\n${log}`);
  }

  private async answers(path: string | undefined): Promise<boolean> {
    try {
      const { status } = await fetch(new URL(path ?? '/', this.url));
      return path === undefined || status === 200;
    } catch {
      return false;
    }
  }
}
