interface AtMostOptions {
  /** Tasks that run side by side. */
  running: number;
  /** Tasks that may wait for their turn; a further one is refused. */
  waiting: number;
  /** The error of a refused task. */
  refusal: () => Error;
}

/** Runs a bounded number of tasks side by side, the others in the order they came. */
export class AtMost {
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly options: AtMostOptions) {}

  /** Whether nothing runs, and so nothing waits. */
  get isIdle(): boolean {
    return this.running === 0;
  }

  /** @throws what the task throws, or the refusal when too many wait */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.options.running) {
      this.running += 1;
    } else {
      if (this.queue.length >= this.options.waiting) {
        throw this.options.refusal();
      }
      // Whoever ends hands its place over, so that the count stays.
      await new Promise<void>((resolve) => this.queue.push(resolve));
    }
    try {
      return await task();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) {
        this.running -= 1;
      } else {
        next();
      }
    }
  }
}
