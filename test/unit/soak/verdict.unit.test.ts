import { describe, expect, test } from 'vitest';
import { leaks, type Rest, slope } from '../../../soak/verdict.js';

const MB = 1_048_576;

/** Ten rests, a minute and a thousand visits apart, of one instance whose measures follow the functions given. */
function rests({
  heap = () => 40,
  rss = () => 120,
  resources = () => 12,
}: Partial<Record<'heap' | 'rss' | 'resources', (minute: number) => number>>): Rest[] {
  return Array.from({ length: 10 }, (_, index) => ({
    minutes: index + 1,
    visits: (index + 1) * 1_000,
    instances: [{ name: 'one', heap: heap(index + 1) * MB, rss: rss(index + 1) * MB, resources: resources(index + 1) }],
    keys: [],
    rooms: [],
  }));
}

/** Up and down by turns, as rests differ though nothing leaks. */
const noise = (minute: number): number => (minute % 2 === 0 ? 1 : -1);

describe('the slope', () => {
  test('is the growth per unit of a straight line', () => {
    expect(slope([1, 2, 3, 4], [10, 12, 14, 16])).toBeCloseTo(2);
  });

  test('is not moved by noise around a level', () => {
    expect(slope([1, 2, 3, 4], [10, 11, 11, 10])).toBeCloseTo(0);
  });

  test('of a single point is none', () => {
    expect(slope([1], [10])).toBe(0);
  });
});

describe('the verdict', () => {
  test('of a process that stays as it is: no leak', () => {
    expect(leaks(rests({ heap: (minute) => 40 + noise(minute), rss: (minute) => 120 + 5 * noise(minute) }))).toEqual(
      [],
    );
  });

  test('of one that grows only while it warms up: no leak', () => {
    expect(leaks(rests({ heap: (minute) => 30 + 10 * Math.min(minute, 4) }))).toEqual([]);
  });

  test('of a heap that grows steadily: a leak, noise or not', () => {
    expect(leaks(rests({ heap: (minute) => 40 + 2 * minute + noise(minute) }))).toEqual([
      expect.stringMatching(/^heap of one grows by 2\.\d KB with each visit$/),
    ]);
  });

  test('of memory outside the heap that grows: a leak', () => {
    expect(leaks(rests({ rss: (minute) => 120 + 20 * minute }))).toEqual([expect.stringMatching(/^rss of one/)]);
  });

  test('of handles that are never closed: a leak', () => {
    expect(leaks(rests({ resources: (minute) => 12 + 15 * minute }))).toEqual([
      expect.stringMatching(/^resources of one/),
    ]);
  });

  test('of keys or rooms that stay, even once: a leak', () => {
    const all = rests({});
    const found = leaks(
      all.map((rest, index) => (index === 4 ? { ...rest, keys: ['user:1:online'], rooms: ['chat:x'] } : rest)),
    );

    expect(found).toEqual(['1 keys in Redis left after 5.0 min: user:1:online', '1 rooms left after 5.0 min: chat:x']);
  });

  test('of few rests takes all of them', () => {
    expect(leaks(rests({ heap: (minute) => 40 + 5 * minute }).slice(0, 3))).toHaveLength(1);
  });
});
