export interface BackOffOptions {
  /** Upper bound of the first delay, milliseconds. Default 500. */
  firstMs?: number;
  /** Upper bound of every delay, milliseconds. Default 15,000. */
  lastMs?: number;
  /** From 0 (inclusive) to 1 (exclusive); injected by tests. */
  random?: () => number;
}

/**
 * Delays that double with each failure and are jittered over their upper half: thousands of clients that lost the same
 * server neither come back in one moment nor keep coming back in step.
 */
export class BackOff {
  private failures = 0;
  private readonly firstMs: number;
  private readonly lastMs: number;
  private readonly random: () => number;

  constructor({ firstMs = 500, lastMs = 15_000, random = Math.random }: BackOffOptions = {}) {
    this.firstMs = firstMs;
    this.lastMs = lastMs;
    this.random = random;
  }

  /** Counts a failure. @returns how long to wait now, milliseconds; never less than `atLeastMs` */
  next(atLeastMs = 0): number {
    const bound = Math.min(this.firstMs * 2 ** this.failures, this.lastMs);
    this.failures++;
    return Math.round(Math.max(atLeastMs, bound * (0.5 + this.random() / 2)));
  }

  /** How many delays were taken since the last success. */
  get attempts(): number {
    return this.failures;
  }

  reset(): void {
    this.failures = 0;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
