import type { DestinationStream } from 'pino';

/** Keeps what an instance logs, for tests of what stands in it, and of what must not. */
export class LogCapture implements DestinationStream {
  readonly #lines: string[] = [];

  write(line: string): void {
    this.#lines.push(line);
  }

  get text(): string {
    return this.#lines.join('');
  }

  /** @throws SyntaxError when a line is no JSON */
  get entries(): Record<string, unknown>[] {
    return this.#lines.map((line) => JSON.parse(line));
  }
}
