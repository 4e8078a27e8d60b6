interface OneInFlightOptions<T> {
  /** Handles one batch. It must settle every item itself: a rejection is a bug and goes to `onBug`. */
  handle: (items: T[]) => Promise<void>;
  onBug: (error: unknown) => void;
  /** Most items in one batch; default 256. */
  maxBatch?: number;
  /** Least time between the starts of two batches, in milliseconds; default 0. Items gather meanwhile. */
  paceMs?: number;
}

/**
 * Collects items while a batch is in flight and hands them on together when it is done.
 *
 * The first item of an idle line waits for the end of the current event loop turn, so that what arrived in one turn
 * travels together. Items leave in the order they came, and no two batches of a line overlap.
 *
 * A pace makes a busy line wait a moment before its next batch: where a batch costs far more than an item, many
 * tiny batches use up the CPU that everybody then waits for. A line that was idle for that long starts at once.
 */
export class OneInFlight<T> {
  private waiting: T[] = [];
  private running = false;
  private startedAt = Number.NEGATIVE_INFINITY;
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly options: OneInFlightOptions<T>) {}

  /** Items that have not been handed on yet. */
  get size(): number {
    return this.waiting.length;
  }

  add(item: T): void {
    this.waiting.push(item);
    if (!this.running) {
      this.running = true;
      setImmediate(() => void this.run());
    }
  }

  /** Resolves when nothing waits and nothing is in flight. */
  idle(): Promise<void> {
    return this.running ? new Promise((resolve) => this.idleWaiters.push(resolve)) : Promise.resolve();
  }

  private async run(): Promise<void> {
    const { maxBatch = 256, paceMs = 0 } = this.options;
    while (this.waiting.length > 0) {
      const early = this.startedAt + paceMs - performance.now();
      if (early >= 1 && this.waiting.length < maxBatch) {
        await new Promise((resolve) => setTimeout(resolve, early));
      }
      this.startedAt = performance.now();
      const batch = this.waiting.length <= maxBatch ? this.waiting : this.waiting.slice(0, maxBatch);
      this.waiting = this.waiting.length <= maxBatch ? [] : this.waiting.slice(maxBatch);
      try {
        await this.options.handle(batch);
      } catch (error) {
        this.options.onBug(error);
      }
    }
    this.running = false;
    for (const resolve of this.idleWaiters.splice(0)) {
      resolve();
    }
  }
}
