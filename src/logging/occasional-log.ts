type Write = (facts: Record<string, unknown>, message: string) => void;

/**
 * For what may happen thousands of times a second for one and the same reason: writes the first line at once, then at most one
 * in each interval, the latest, with the number of those that were left out before it as `suppressed`.
 */
export class OccasionalLog {
  private timer: NodeJS.Timeout | undefined;
  private latest: Parameters<Write> | null = null;
  private suppressed = 0;

  constructor(
    private readonly write: Write,
    private readonly intervalMs = 1_000,
  ) {}

  tell(facts: Record<string, unknown>, message: string): void {
    if (this.timer === undefined) {
      this.write(facts, message);
      this.arm();
    } else {
      this.suppressed += this.latest === null ? 0 : 1;
      this.latest = [facts, message];
    }
  }

  /** The end of a series is told too, so the counts add up. */
  private arm(): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const { latest, suppressed } = this;
      this.latest = null;
      this.suppressed = 0;
      if (latest !== null) {
        const [facts, message] = latest;
        this.write(suppressed > 0 ? { ...facts, suppressed } : facts, message);
        this.arm();
      }
    }, this.intervalMs).unref();
  }
}
