import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadAnswer, LoadCommandName, LoadCommands } from './commands.js';

interface Pending {
  resolve(output: unknown): void;
  reject(error: Error): void;
}

/** A load generator in a process of its own, so that its CPU is never counted as a server's. */
export class LoadProcess {
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: LoadAnswer) => this.settle(answer));
    child.on('exit', (code) => this.failAll(`it exited with ${code}`));
  }

  static async start(): Promise<LoadProcess> {
    const child = fork(join(import.meta.dirname, 'load-worker.js'));
    await once(child, 'spawn');
    return new LoadProcess(child);
  }

  /** @throws Error with the reason the load process gives */
  request<C extends LoadCommandName>(command: C, input: LoadCommands[C]['input']): Promise<LoadCommands[C]['output']> {
    const id = this.nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.pending.set(id, { resolve, reject });
    this.child.send({ id, command, input });
    return promise as Promise<LoadCommands[C]['output']>;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.disconnect();
      await exit;
    }
  }

  private settle(answer: LoadAnswer): void {
    const pending = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if ('error' in answer) {
      pending?.reject(new Error(answer.error));
    } else {
      pending?.resolve(answer.output);
    }
  }

  private failAll(reason: string): void {
    for (const { reject } of this.pending.values()) {
      reject(new Error(`unable to generate load; ${reason}`));
    }
    this.pending.clear();
  }
}
