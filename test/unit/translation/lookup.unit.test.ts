import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lookup } from '../../../src/translation/lookup.js';

interface Loading {
  keys: readonly string[];
  give: (values: Record<string, number>) => void;
  fail: (error: Error) => void;
}

describe('a lookup', () => {
  let loadings: Loading[];
  let lookup: Lookup<number>;

  beforeEach(() => {
    vi.useFakeTimers();
    // What is remembered at the first moment of a clock counts as without an end.
    vi.advanceTimersByTime(1);
    loadings = [];
    lookup = new Lookup<number>({
      load: (keys) =>
        new Promise((resolve, reject) => {
          loadings.push({ keys, give: (values) => resolve(new Map(Object.entries(values))), fail: reject });
        }),
      max: 10,
      ttlMs: 1_000,
      absentTtlMs: 100,
    });
  });
  afterEach(() => void vi.useRealTimers());

  it('loads what is not known, once, and has it at hand afterwards', async () => {
    const found = lookup.find(['a', 'b', 'a']);
    expect(loadings.map(({ keys }) => keys)).toEqual([['a', 'b']]);
    loadings[0]?.give({ a: 1, b: 2 });
    expect(await found).toEqual(new Map(Object.entries({ a: 1, b: 2 })));
    expect(lookup.find(['b'])).toEqual(new Map([['b', 2]]));
    expect(loadings).toHaveLength(1);
  });

  it('has one loading of a key under way, whoever asks', async () => {
    const [first, second] = [lookup.find(['a']), lookup.find(['a', 'b'])];
    expect(loadings.map(({ keys }) => keys)).toEqual([['a'], ['b']]);
    loadings[0]?.give({ a: 1 });
    loadings[1]?.give({ b: 2 });
    expect(await first).toEqual(new Map([['a', 1]]));
    expect(await second).toEqual(new Map(Object.entries({ a: 1, b: 2 })));
  });

  it('forgets after its time, and that there is nothing earlier', async () => {
    const found = lookup.find(['a', 'none']);
    loadings[0]?.give({ a: 1 });
    expect(await found).toEqual(new Map([['a', 1]]));
    expect(lookup.find(['a', 'none'])).toEqual(new Map([['a', 1]]));
    await vi.advanceTimersByTimeAsync(101);
    void lookup.find(['a', 'none']);
    expect(loadings[1]?.keys).toEqual(['none']);
    await vi.advanceTimersByTimeAsync(1_000);
    void lookup.find(['a']);
    expect(loadings[2]?.keys).toEqual(['a']);
  });

  it.each([
    ['a value', 'a', 1, 1_000],
    ['that there is none', 'none', null, 100],
  ])('still tells %s that it has said it knows, though its time ends in between', async (_, key, value, endsMs) => {
    const found = lookup.find(['a', 'none']);
    loadings[0]?.give({ a: 1 });
    await found;
    await vi.advanceTimersByTimeAsync(endsMs - 1);
    expect(lookup.knows(key)).toBe(true);
    vi.advanceTimersByTime(100);
    expect(lookup.known(key)).toBe(value);
    expect(lookup.knows(key)).toBe(false);
  });

  it('prefers what it was told while it was loading', async () => {
    const found = lookup.find(['a']);
    lookup.learn('a', 2);
    loadings[0]?.give({});
    await found;
    expect(lookup.find(['a'])).toEqual(new Map([['a', 2]]));
  });

  it('tells everybody who waits of a failure, and tries again for the next', async () => {
    const asking = Promise.allSettled([lookup.find(['a']), lookup.find(['a', 'b'])]);
    loadings[1]?.give({ b: 1 });
    loadings[0]?.fail(new Error('the database is away'));
    expect((await asking).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = lookup.find(['a']);
    loadings[2]?.give({ a: 1 });
    expect(await again).toEqual(new Map([['a', 1]]));
  });
});
