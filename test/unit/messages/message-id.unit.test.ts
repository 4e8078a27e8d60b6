import { afterEach, describe, expect, it, vi } from 'vitest';
import { MessageId } from '../../../src/contract/index.js';
import { newMessageId } from '../../../src/messages/message-id.js';

describe('the id of a new message', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  // Far more than one pool of random bytes holds, so that it is filled anew many times; all in one moment, so that only
  // the random part can tell them apart.
  it('is given once, though thousands are made within one millisecond', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const ids = Array.from({ length: 20_000 }, newMessageId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids.map((id) => id.slice(0, 13))).size).toBe(1);
  });

  it('is a UUID of version 7 and fits the contract', () => {
    for (const id of Array.from({ length: 600 }, newMessageId)) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(MessageId.parse(id)).toBe(id);
    }
  });

  it('sorts after the ids of earlier milliseconds, and tells its own', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const ids = Array.from({ length: 600 }, () => {
      vi.advanceTimersByTime(1);
      return newMessageId();
    });
    expect(ids.toSorted()).toEqual(ids);
    expect(Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(1_800_000_000_001);
  });

  it('leaves no bit of its random part fixed', () => {
    const bits = Array.from({ length: 2_000 }, newMessageId).map((id) =>
      BigInt(`0x${id.replaceAll('-', '').slice(16)}`),
    );
    const everSet = bits.reduce((sum, value) => sum | value, 0n);
    const everClear = bits.reduce((sum, value) => sum | ~value, 0n);
    const random = (1n << 62n) - 1n;
    expect(everSet & random).toBe(random);
    expect(everClear & random).toBe(random);
  });
});
