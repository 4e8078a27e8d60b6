import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';
import { freePort } from '../services/free-port.js';
import { compiledService, projectRoot } from './compiled-service.js';

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const LIVE_WITHIN_MS = 60_000;

/**
 * One instance of the service in a process of its own, as it is deployed: for what cannot be tried inside the test's
 * process, such as a crash, a signal and an exit code.
 *
 * @example
 * const child = await ChildService.start({ DATABASE_URL: postgres.url, REDIS_URL: redis.url });
 * child.signal('SIGTERM');
 * expect(await child.ended).toEqual({ code: 0, signal: null });
 */
export class ChildService {
  readonly ended: Promise<Ending>;
  readonly #output: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
    }
  }

  /** Starts an instance and returns at once; it may still end by itself. `env` is all it gets, apart from `PATH`. */
  static async spawn(env: Record<string, string>): Promise<ChildService> {
    const main = await compiledService();
    const { PORT: port = String(await freePort()) } = env;
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, NODE_ENV: 'test', HOST: '127.0.0.1', PORT: port, DATA_DIR: 'memory://', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A test that times out between a start and its clean-up must not leave an instance running.
    const kill = (): boolean => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    return new ChildService(child, `http://127.0.0.1:${port}`);
  }

  /** Starts an instance and waits until it answers. @throws Error with what it printed when it does not */
  static async start(env: Record<string, string>): Promise<ChildService> {
    const child = await ChildService.spawn(env);
    try {
      await Promise.race([
        vi.waitFor(() => child.answers(), { timeout: LIVE_WITHIN_MS, interval: 50 }),
        child.ended.then(({ code, signal }) => Promise.reject(new Error(`it ended with ${code ?? signal}`))),
      ]);
    } catch (cause) {
      await child.end();
      throw new Error(`unable to start an instance; it printed: ${child.output}`, { cause });
    }
    return child;
  }

  /** Everything printed so far, on both streams. */
  get output(): string {
    return this.#output.join('');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Ends the process, whatever it is doing, as a crash would. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private async answers(): Promise<void> {
    const { ok } = await fetch(`${this.url}/health/live`);
    if (!ok) {
      throw new Error('not live yet');
    }
  }
}
