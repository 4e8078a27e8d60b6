import { createHistogram } from 'node:perf_hooks';
import type { LatencySummary } from './commands.js';

const MICROS = 1_000;

/** Percentiles from a histogram of microseconds: bounded memory however long the run. */
export class LatencyRecord {
  private readonly histogram = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 });

  /** @param millis may be 0; the histogram begins at 1 microsecond */
  add(millis: number): void {
    this.histogram.record(Math.max(1, Math.round(millis * MICROS)));
  }

  summary(): LatencySummary {
    const at = (percentile: number) => this.histogram.percentile(percentile) / MICROS;
    return { p50: at(50), p95: at(95), p99: at(99), max: this.histogram.max / MICROS };
  }
}
