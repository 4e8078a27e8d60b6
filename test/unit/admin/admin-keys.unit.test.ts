import { describe, expect, it, vi } from 'vitest';
import { AdminKeys } from '../../../src/admin/admin-keys.js';

const compared = vi.hoisted(() => [] as [number, number][]);

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return {
    ...crypto,
    timingSafeEqual: (one: Uint8Array, other: Uint8Array) => {
      compared.push([one.length, other.length]);
      return crypto.timingSafeEqual(one, other);
    },
  };
});

const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(40)];
const keys = new AdminKeys([OLD, NEW]);

describe('the keys of the marketplace', () => {
  it.each([OLD, NEW])('are all good while one replaces another', (key) => {
    expect(() => keys.require(key, 'close chat')).not.toThrow();
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a header that came as a list', [OLD, OLD]],
  ])('are asked for where there is %s', (_, presented) => {
    expect(() => keys.require(presented, 'close chat')).toThrow('unable to close chat; no key came along');
  });

  it.each([
    ['the start of one', OLD.slice(1)],
    ['one and more', `${OLD}o`],
    ['two in one', `${OLD},${NEW}`],
    ['one in capitals', OLD.toUpperCase()],
    ['a bearer', `Bearer ${OLD}`],
    ['a very long one', 'o'.repeat(10_000)],
  ])('are not %s', (_, presented) => {
    expect(() => keys.require(presented, 'close chat')).toThrow(expect.objectContaining({ code: 'API_KEY_INVALID' }));
  });

  it('are compared by digests of one length, all of them whichever fits, so that time tells nothing', () => {
    for (const presented of [OLD, NEW, 'x', 'o'.repeat(31)]) {
      compared.length = 0;
      try {
        keys.require(presented, 'close chat');
      } catch {
        // What it answers is shown above.
      }
      expect(compared).toEqual([
        [32, 32],
        [32, 32],
      ]);
    }
  });

  it('let nobody in where there are none', () => {
    expect(() => new AdminKeys([]).require('x'.repeat(32), 'close chat')).toThrow();
  });
});
