import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OneInFlight } from '../../../src/concurrency/one-in-flight.js';

/** A line whose batches end when the test says so. */
function controlledLine(options: { maxBatch?: number } = {}) {
  const batches: number[][] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const bugs: unknown[] = [];
  const line = new OneInFlight<number>({
    handle: (items) => {
      batches.push(items);
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return end.promise;
    },
    onBug: (error) => bugs.push(error),
    ...options,
  });
  const started = (count: number) => vi.waitFor(() => expect(batches).toHaveLength(count));
  return { line, batches, ends, bugs, started };
}

describe('one batch in flight', () => {
  it('hands on together what arrives within one turn of the event loop', async () => {
    const { line, batches, started } = controlledLine();
    line.add(1);
    await Promise.resolve();
    line.add(2);
    expect(batches).toEqual([]);

    await started(1);
    expect(batches).toEqual([[1, 2]]);
  });

  it('collects what arrives meanwhile into the next batch, in order, and never overlaps two', async () => {
    const { line, batches, ends, started } = controlledLine();
    line.add(1);
    await started(1);
    line.add(2);
    line.add(3);
    expect(line.size).toBe(2);
    await new Promise(setImmediate);
    expect(batches).toEqual([[1]]);

    ends[0]?.resolve();
    await started(2);
    expect(batches).toEqual([[1], [2, 3]]);
    expect(line.size).toBe(0);
  });

  it('cuts what waits into batches of at most maxBatch', async () => {
    const { line, batches, ends, started } = controlledLine({ maxBatch: 2 });
    for (const item of [1, 2, 3, 4, 5]) {
      line.add(item);
    }
    for (const [index] of [2, 2, 1].entries()) {
      await started(index + 1);
      ends[index]?.resolve();
    }
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('goes on after a batch that was rejected, and tells the failure', async () => {
    const { line, batches, ends, bugs, started } = controlledLine();
    line.add(1);
    await started(1);
    line.add(2);
    const bug = new Error('a bug');
    ends[0]?.reject(bug);

    await started(2);
    expect(bugs).toEqual([bug]);
    expect(batches).toEqual([[1], [2]]);
  });

  it('takes items again after it has been idle', async () => {
    const { line, batches, ends, started } = controlledLine();
    line.add(1);
    await started(1);
    ends[0]?.resolve();
    await line.idle();
    line.add(2);

    await started(2);
    expect(batches).toEqual([[1], [2]]);
  });

  it('is idle at once with nothing to do, and else only when the last batch has ended', async () => {
    const { line, ends, started } = controlledLine();
    await line.idle();
    line.add(1);
    const idle = vi.fn();
    const waiting = Promise.all([line.idle().then(idle), line.idle().then(idle)]);
    await started(1);
    line.add(2);
    ends[0]?.resolve();
    await started(2);
    expect(idle).not.toHaveBeenCalled();

    ends[1]?.resolve();
    await waiting;
    expect(idle).toHaveBeenCalledTimes(2);
  });

  describe('with a pace', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    function pacedLine(maxBatch = 256) {
      const batches: number[][] = [];
      const line = new OneInFlight<number>({
        handle: async (items) => void batches.push(items),
        onBug: (error) => expect.unreachable(String(error)),
        maxBatch,
        paceMs: 10,
      });
      return { line, batches };
    }

    it('starts at once when it was idle for that long', async () => {
      const { line, batches } = pacedLine();
      line.add(1);
      await vi.advanceTimersByTimeAsync(0);
      expect(batches).toEqual([[1]]);

      await vi.advanceTimersByTimeAsync(10);
      line.add(2);
      await vi.advanceTimersByTimeAsync(0);
      expect(batches).toEqual([[1], [2]]);
    });

    it('gathers what comes sooner into one batch, which leaves when the time is up', async () => {
      const { line, batches } = pacedLine();
      line.add(1);
      await vi.advanceTimersByTimeAsync(2);
      line.add(2);
      await vi.advanceTimersByTimeAsync(4);
      line.add(3);
      expect(batches).toEqual([[1]]);

      await vi.advanceTimersByTimeAsync(4);
      expect(batches).toEqual([[1], [2, 3]]);
    });

    it('does not hold back a full batch', async () => {
      const { line, batches } = pacedLine(2);
      line.add(1);
      await vi.advanceTimersByTimeAsync(0);
      line.add(2);
      line.add(3);
      await vi.advanceTimersByTimeAsync(0);
      expect(batches).toEqual([[1], [2, 3]]);
    });
  });
});
