import { describe, expect, it } from 'vitest';
import { MemorySessionCache } from '../../../src/auth/memory-session-cache.js';
import { describeSessionCache, sessionOf } from '../../support/auth/session-cache-suite.js';

describe('the session cache in memory', () => {
  describeSessionCache(() => new MemorySessionCache());

  it('forgets a session at the very end of its time', async () => {
    let now = 1_000;
    const cache = new MemorySessionCache({ now: () => now });
    await cache.set('hash', sessionOf('123'), 600_000);

    now += 600_000;
    expect((await cache.get('hash')).session).not.toBeNull();
    now += 1;
    expect((await cache.get('hash')).session).toBeNull();
  });

  it('is bounded: the least recently used session makes room', async () => {
    const cache = new MemorySessionCache();
    for (let index = 0; index < 50_000; index++) {
      await cache.set(`hash-${index}`, sessionOf(String(index)), 60_000);
    }
    await cache.get('hash-0');
    await cache.set('one more', sessionOf('one more'), 60_000);

    expect((await cache.get('hash-1')).session).toBeNull();
    expect((await cache.get('hash-0')).session).not.toBeNull();
    expect((await cache.get('one more')).session).not.toBeNull();
  });
});
