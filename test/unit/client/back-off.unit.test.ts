import { describe, expect, it } from 'vitest';
import { BackOff } from '../../../demo/client/back-off.js';

const delays = (backOff: BackOff, count: number): number[] => Array.from({ length: count }, () => backOff.next());

describe('a back-off', () => {
  it('doubles its delays up to the last one', () => {
    const backOff = new BackOff({ firstMs: 100, lastMs: 1_000, random: () => 0.999_999 });
    expect(delays(backOff, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('jitters each delay over its upper half', () => {
    const shortest = new BackOff({ firstMs: 100, lastMs: 1_000, random: () => 0 });
    expect(delays(shortest, 6)).toEqual([50, 100, 200, 400, 500, 500]);
  });

  it('begins anew after a success', () => {
    const backOff = new BackOff({ firstMs: 100, random: () => 0 });
    delays(backOff, 5);
    backOff.reset();
    expect(backOff.next()).toBe(50);
  });

  it('waits at least as long as it was told to', () => {
    expect(new BackOff({ firstMs: 100, random: () => 0 }).next(3_000)).toBe(3_000);
  });
});
