import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OccasionalLog } from '../../../src/logging/occasional-log.js';

describe('an occasional log', () => {
  let lines: unknown[];
  let log: OccasionalLog;

  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    log = new OccasionalLog((facts, message) => lines.push({ ...facts, message }), 1_000);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const tell = (count: number, from = 1): void => {
    for (let n = from; n < from + count; n++) {
      log.tell({ n }, 'failed');
    }
  };

  it('writes the first line at once, and what follows in its interval as one, the latest, with a count', () => {
    tell(1_000);
    expect(lines).toEqual([{ n: 1, message: 'failed' }]);

    vi.advanceTimersByTime(1_000);
    expect(lines.slice(1)).toEqual([{ n: 1_000, suppressed: 998, message: 'failed' }]);
  });

  it('writes one line in each interval while it goes on', () => {
    for (let second = 0; second < 10; second++) {
      tell(100, second * 100 + 1);
      vi.advanceTimersByTime(1_000);
    }
    tell(100, 1_001);

    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toEqual({ n: 1_000, suppressed: 99, message: 'failed' });
  });

  it('leaves out nothing that comes alone', () => {
    for (let n = 1; n <= 3; n++) {
      tell(1, n);
      vi.advanceTimersByTime(1_000);
    }

    expect(lines).toEqual([1, 2, 3].map((n) => ({ n, message: 'failed' })));
    expect(vi.getTimerCount()).toBe(0);
  });
});
