import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatError } from '../../../src/contract/index.js';
import type { MessageDraft } from '../../../src/messages/message.js';
import { MessageWriter } from '../../../src/messages/message-writer.js';
import { databaseError, storedOutcome } from '../../support/messages/controlled-append.js';

// The real module keeps its own hold on the clock, out of reach of the fake one.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => globalThis.setTimeout(resolve, ms)),
}));

const CHAT = '0190b3a0-0000-7000-8000-000000000000';

function draft(text: string): MessageDraft {
  return {
    id: `id-${text}`,
    chatId: CHAT,
    senderId: '1',
    type: 'text',
    text,
    attachments: null,
    replyTo: null,
    productId: null,
    clientMessageId: text,
  };
}

/** A writer whose database takes `latencyMs` for a batch, then does what `answer` says. */
function writerOver(
  answer: (texts: string[]) => Error | 'commit',
  { sendTimeoutMs = 1_000, latencyMs = 0, queueLimit = 1_000 } = {},
) {
  const attempts: { at: number; texts: string[] }[] = [];
  const failures: unknown[] = [];
  const append = async (drafts: readonly MessageDraft[]) => {
    const texts = drafts.map(({ text }) => text);
    attempts.push({ at: performance.now(), texts });
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
    const outcome = answer(texts);
    if (outcome !== 'commit') {
      throw outcome;
    }
    return drafts.map(storedOutcome);
  };
  const writer = new MessageWriter(append, {
    queueLimit,
    sendTimeoutMs,
    onFailure: (error) => failures.push(error),
  });
  return { writer, attempts, failures };
}

/** What became of a message so far: the kind of its outcome, its error code, or that it still waits. */
function watch(writer: MessageWriter, text: string): { state: string; error?: ChatError } {
  const watched: { state: string; error?: ChatError } = { state: 'waiting' };
  writer.store(draft(text)).then(
    ({ kind }) => {
      watched.state = kind;
    },
    (error: unknown) => {
      watched.state = error instanceof ChatError ? error.code : String(error);
      if (error instanceof ChatError) {
        watched.error = error;
      }
    },
  );
  return watched;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance', 'Date'] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('a row that the database refuses', () => {
  const poison = databaseError('22P05');

  it.each([0, 1, 4, 7])('fails alone when it stands at place %i of eight', async (place) => {
    const texts = Array.from({ length: 8 }, (_, index) => (index === place ? 'poison' : `good ${index}`));
    const { writer, failures } = writerOver((batch) => (batch.includes('poison') ? poison : 'commit'));

    const watched = texts.map((text) => watch(writer, text));
    await vi.runAllTimersAsync();

    expect(watched.map(({ state }) => state)).toEqual(texts.map((text) => (text === 'poison' ? 'INTERNAL' : 'stored')));
    expect(watched[place]?.error?.cause).toBe(poison);
    expect(failures).toEqual([poison]);
  });

  it('is found in a few tries, not by trying every row, and good rows keep their order', async () => {
    const texts = Array.from({ length: 64 }, (_, index) => (index === 20 ? 'poison' : `good ${index}`));
    const committed: string[] = [];
    const { writer, attempts } = writerOver((batch) => {
      if (batch.includes('poison')) {
        return poison;
      }
      committed.push(...batch);
      return 'commit';
    });

    const watched = texts.map((text) => watch(writer, text));
    await vi.runAllTimersAsync();

    expect(watched.filter(({ state }) => state === 'stored')).toHaveLength(63);
    expect(committed).toEqual(texts.filter((text) => text !== 'poison'));
    // Halving 64 rows: two tries on each of six levels, and the first.
    expect(attempts.length).toBeLessThanOrEqual(13);
  });

  it('does not hide another one in the same batch', async () => {
    const { writer, failures } = writerOver((batch) =>
      batch.some((text) => text.startsWith('poison')) ? poison : 'commit',
    );
    const watched = ['poison 1', 'good', 'poison 2'].map((text) => watch(writer, text));
    await vi.runAllTimersAsync();
    expect(watched.map(({ state }) => state)).toEqual(['INTERNAL', 'stored', 'INTERNAL']);
    expect(failures).toHaveLength(2);
  });
});

describe('a database that is away', () => {
  it('is asked again with the same messages until it is back', async () => {
    let away = 3;
    const { writer, attempts, failures } = writerOver(() => (away-- > 0 ? databaseError('57P01') : 'commit'));
    const watched = [watch(writer, 'a'), watch(writer, 'b')];

    await vi.runAllTimersAsync();

    expect(watched.map(({ state }) => state)).toEqual(['stored', 'stored']);
    expect(attempts.map(({ texts }) => texts)).toEqual(Array.from({ length: 4 }, () => ['a', 'b']));
    expect(failures).toEqual([]);
  });

  it('is asked ever less often, but at least about once a second', async () => {
    const { writer, attempts } = writerOver(() => databaseError('ECONNREFUSED'), { sendTimeoutMs: 30_000 });
    watch(writer, 'a');
    await vi.runAllTimersAsync();

    const pauses = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1_500);
    expect(pauses[0]).toBeLessThanOrEqual(75);
    expect(attempts.length).toBeLessThan(80);
  });

  it('makes a message UNAVAILABLE when its time is up, and not before', async () => {
    const { writer } = writerOver(() => databaseError('ECONNREFUSED'), { sendTimeoutMs: 1_000 });
    const message = watch(writer, 'a');

    await vi.advanceTimersByTimeAsync(999);
    expect(message.state).toBe('waiting');
    await vi.runAllTimersAsync();

    expect(message.state).toBe('UNAVAILABLE');
    expect(message.error?.toFailure()).toEqual({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^unable to send message; .*same clientMessageId/),
      retryable: true,
    });
  });

  it('costs only the messages whose time is up: the younger ones of the batch are tried on', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    let away = true;
    const { writer, attempts } = writerOver(() => (away ? databaseError('08006') : 'commit'), { latencyMs: 300 });
    // In flight, again and again, until its own time is up at 1000; meanwhile the others become the next batch.
    const first = watch(writer, 'first');
    await vi.advanceTimersByTimeAsync(50);
    const old = watch(writer, 'old');
    await vi.advanceTimersByTimeAsync(850);
    const young = watch(writer, 'young');

    await vi.advanceTimersByTimeAsync(460);
    expect(attempts.map(({ texts }) => texts.join())).toEqual(['first', 'first', 'first', 'old,young']);
    expect([first, old, young].map(({ state }) => state)).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'waiting']);

    away = false;
    await vi.runAllTimersAsync();
    expect(attempts.at(-1)?.texts).toEqual(['young']);
    expect(young.state).toBe('stored');
  });

  it('is told from a refused row also while a batch is being halved', async () => {
    let away = 2;
    const { writer, failures } = writerOver((batch) => {
      if (batch.includes('poison')) {
        return databaseError('22P05');
      }
      return away-- > 0 ? databaseError('57P03') : 'commit';
    });
    const watched = ['good', 'poison'].map((text) => watch(writer, text));

    await vi.runAllTimersAsync();

    expect(watched.map(({ state }) => state)).toEqual(['stored', 'INTERNAL']);
    expect(failures).toHaveLength(1);
  });
});
