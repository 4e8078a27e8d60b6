import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UncertainWrites } from '../../../src/messages/uncertain-writes.js';

const STATEMENT_TIMEOUT_MS = 10_000;

describe('chats with an uncertain write', () => {
  let databaseIsAway: boolean;
  let told: string[];
  let uncertain: UncertainWrites;

  beforeEach(() => {
    vi.useFakeTimers();
    databaseIsAway = true;
    told = [];
    uncertain = new UncertainWrites({
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      probe: async () => {
        if (databaseIsAway) {
          throw new Error('away');
        }
      },
      tell: (chatId) => told.push(chatId),
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('are told to sync when the database answers, and again when no old statement can run any more', async () => {
    uncertain.add('chat');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([]);

    databaseIsAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(['chat']);

    await vi.advanceTimersByTimeAsync(STATEMENT_TIMEOUT_MS);
    expect(told).toEqual(['chat', 'chat']);
  });

  it('are told once, however many of their writes are uncertain', async () => {
    for (const chatId of ['one', 'one', 'two', 'one']) {
      uncertain.add(chatId);
    }
    await vi.advanceTimersByTimeAsync(5_000);
    databaseIsAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(['one', 'two']);
  });

  it('are told of a later outage too', async () => {
    databaseIsAway = false;
    uncertain.add('one');
    await vi.advanceTimersByTimeAsync(STATEMENT_TIMEOUT_MS);
    uncertain.add('two');
    await vi.advanceTimersByTimeAsync(STATEMENT_TIMEOUT_MS);
    expect(told).toEqual(['one', 'one', 'two', 'two']);
  });

  it('that came while others waited for their second call get both of theirs', async () => {
    databaseIsAway = false;
    uncertain.add('one');
    await vi.advanceTimersByTimeAsync(STATEMENT_TIMEOUT_MS / 2);
    uncertain.add('two');
    await vi.advanceTimersByTimeAsync(2 * STATEMENT_TIMEOUT_MS);
    expect(told).toEqual(['one', 'one', 'two', 'two']);
  });

  it('are pending until they were told for the last time', async () => {
    expect(uncertain.pending).toBe(false);
    uncertain.add('chat');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(uncertain.pending).toBe(true);

    databaseIsAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(['chat']);
    expect(uncertain.pending).toBe(true);

    await vi.advanceTimersByTimeAsync(STATEMENT_TIMEOUT_MS);
    expect(uncertain.pending).toBe(false);
  });

  it('are left alone after the stop', async () => {
    uncertain.add('chat');
    uncertain.stop();
    databaseIsAway = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([]);
  });
});
