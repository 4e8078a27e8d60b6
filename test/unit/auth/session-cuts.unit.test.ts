import { beforeEach, describe, expect, it } from 'vitest';
import { MemorySessionCache } from '../../../src/auth/memory-session-cache.js';
import type { Cut, CutsRead } from '../../../src/auth/session-cache.js';
import { SessionCuts } from '../../../src/auth/session-cuts.js';
import { sessionOf } from '../../support/auth/session-cache-suite.js';

/** A log of cuts that other instances write to, and whose reading the test may hold up or fail. */
class SharedCuts extends MemorySessionCache {
  reads: (() => void)[] | null = null;
  away = false;
  /** Written by another service, by a clock of its own. */
  foreign: Cut[] = [];
  /** Its clock, where the test sets it. */
  now: number | null = null;

  override async cutsAfter(position: number): Promise<CutsRead> {
    if (this.away) {
      throw new Error('connection is closed');
    }
    const { cuts, asOf } = await super.cutsAfter(position);
    await new Promise<void>((resolve) => (this.reads === null ? resolve() : this.reads.push(resolve)));
    return { cuts: [...cuts, ...this.foreign.filter(({ at }) => at > position)], asOf: this.now ?? asOf };
  }
}

describe('the cuts that an instance knows', () => {
  let cache: SharedCuts;
  let cuts: SessionCuts;
  let heard: string[];

  beforeEach(() => {
    cache = new SharedCuts();
    cuts = new SessionCuts(cache);
    heard = [];
    cuts.onCut(({ userId, at }) => heard.push(`${userId} at ${at}`));
  });

  it('are told as they are made here, and not again when they are read', async () => {
    await cuts.cut('1');
    expect(heard).toEqual(['1 at 1']);
    await cuts.look();
    await cuts.look();

    expect(heard).toEqual(['1 at 1']);
  });

  it('are told as they are found that others made; a second cut of one user is another', async () => {
    await cache.cut('1');
    await cache.cut('2');
    await cuts.look();
    await cache.cut('1');
    await cuts.look();

    expect(heard.toSorted()).toEqual(['1 at 1', '1 at 3', '2 at 2']);
  });

  it('cover the sessions of the user from before, and no other', async () => {
    await cuts.cut('1');

    expect(cuts.covers(sessionOf('1', { asOf: 0 }))).toBe(true);
    expect(cuts.covers(sessionOf('1', { asOf: 1 }))).toBe(false);
    expect(cuts.covers(sessionOf('2', { asOf: 0 }))).toBe(false);
  });

  it('are looked for anew by who asks while a look is under way: that one may have been too early', async () => {
    cache.reads = [];
    const early = cuts.look();
    await expect.poll(() => cache.reads?.length).toBe(1);
    await cache.cut('1');
    const later = cuts.look();
    const [first] = cache.reads.splice(0);
    cache.reads = null;
    first?.();
    await Promise.all([early, later]);

    expect(heard).toEqual(['1 at 1']);
  });

  it('are found at the next look when one failed', async () => {
    await cache.cut('1');
    cache.away = true;
    await expect(cuts.look()).rejects.toThrow('connection is closed');
    cache.away = false;
    await cuts.look();

    expect(heard).toEqual(['1 at 1']);
  });

  it('are told although another service dated one of them ahead, and that one is told once', async () => {
    cache.foreign = [{ userId: 'ahead', at: 1_000 }];
    await cuts.look();
    await cache.cut('1');
    await cuts.look();
    await cache.cut('2');
    await cuts.look();

    expect(heard).toEqual(['ahead at 1000', '1 at 1', '2 at 2']);
  });

  it('cover a check from before them that began while the cache was away, although one was dated ahead', async () => {
    cache.foreign = [{ userId: 'ahead', at: 1_000 }];
    await cuts.look();
    const began = cuts.seen;
    await cache.cut('1');
    await cuts.look();

    expect(cuts.covers(sessionOf('1', { asOf: began }))).toBe(true);
    expect(cuts.covers(sessionOf('1', { asOf: cuts.seen }))).toBe(false);
  });

  it('are told although the clock of the cache was set back', async () => {
    cache.foreign = [{ userId: '1', at: 100 }];
    cache.now = 100;
    await cuts.look();
    cache.now = 10;
    await cuts.look();
    cache.foreign.push({ userId: '2', at: 11 });
    await cuts.look();

    expect(heard).toEqual(['1 at 100', '2 at 11']);
  });

  it('do not cover a check that begins when they are known, though the cache cannot say when that is', async () => {
    await cuts.cut('1');

    expect(cuts.covers(sessionOf('1', { asOf: cuts.seen }))).toBe(false);
  });
});
