import { describe, expect, it } from 'vitest';
import { Sweep } from '../../../src/search/sweep.js';

const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;

/** Looks through chats of these numbers, two at a time, and returns the numbers in the order they were seen. */
function round(chats: readonly number[], start: number): number[] {
  const sweep = new Sweep(id(start));
  const seen: number[] = [];
  for (let goesOn = true; goesOn; ) {
    const next = chats.filter((chat) => id(chat) > sweep.afterId).slice(0, 2);
    seen.push(...next);
    const last = next.at(-1);
    goesOn = sweep.advance(last === undefined ? null : id(last));
  }
  return seen;
}

describe('a round through all chats', () => {
  it.each([0, 1, 4, 5, 9, 100])('that begins at %i sees each, and ends', (start) => {
    const chats = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const seen = round(chats, start);
    expect(new Set(seen)).toEqual(new Set(chats));
    // The portion in which it comes round may reach beyond its beginning.
    expect(seen.length).toBeLessThanOrEqual(chats.length + 2);
  });

  it('begins with what comes after its place', () => {
    expect(round([1, 2, 3, 4], 2).slice(0, 2)).toEqual([3, 4]);
  });

  it('of no chats ends', () => {
    expect(round([], 5)).toEqual([]);
  });
});
