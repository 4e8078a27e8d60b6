import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ChildService, type Ending } from '../process/child-service.js';
import { freePort } from '../services/free-port.js';

/** Its pipe closes however the test run ends, also by SIGKILL; the instance must not outlive that. */
const KILL_WITH_THE_RUN = 'cat >/dev/null; kill -9 "$1" 2>/dev/null';

/** One instance of the service in a process of its own, which can be killed and started again on the same port. */
export class ServiceInstance {
  #child: ChildService | null = null;
  #expectedToEnd = false;
  /** Times that the process ended though nobody had asked it to. */
  crashes = 0;

  private constructor(
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Starts an instance on a free port of 127.0.0.1 and waits until it answers. */
  static async start(env: Readonly<Record<string, string>>): Promise<ServiceInstance> {
    const instance = new ServiceInstance(await freePort(), env);
    await instance.start();
    return instance;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it printed since its last start. */
  get log(): string {
    return this.#running.output;
  }

  /** Resident memory, bytes. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.#running.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }

  /** @throws Error with what it printed when it does not come up */
  async start(): Promise<void> {
    const child = await ChildService.start({ ...this.env, PORT: String(this.port) });
    this.#child = child;
    this.#expectedToEnd = false;
    const watch = spawn('sh', ['-c', KILL_WITH_THE_RUN, 'sh', String(child.pid)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    watch.unref();
    void child.ended.then(() => {
      // The process id may be given to somebody else later: the watch ends with the instance.
      watch.kill('SIGKILL');
      this.crashes += this.#expectedToEnd ? 0 : 1;
    });
  }

  /** Ends the process in the middle of whatever it does. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks the process to leave. @returns how it ended, and how long that took in milliseconds */
  async terminate(): Promise<Ending & { tookMs: number }> {
    const since = performance.now();
    const ending = await this.#end('SIGTERM');
    return { ...ending, tookMs: performance.now() - since };
  }

  async #end(signal: NodeJS.Signals): Promise<Ending> {
    this.#expectedToEnd = true;
    this.#running.signal(signal);
    return await this.#running.ended;
  }

  get #running(): ChildService {
    if (this.#child === null) {
      throw new Error('the instance was never started');
    }
    return this.#child;
  }
}
