import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatWrites } from '../../../src/messages/chat-writes.js';
import type { SearchRepository } from '../../../src/search/search.repository.js';
import { SearchIndexer } from '../../../src/search/search-indexer.js';

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** How long the indexer collects and rests is its own business; this only says when to give up. */
const PATIENT = { timeout: 12_000 };

describe('taking over the words of messages', { timeout: 30_000 }, () => {
  /** What the sweep finds, once it comes to the beginning. */
  let due: string[];
  let index: ReturnType<typeof vi.fn<SearchRepository['index']>>;
  let change: (chatId: string) => void;
  let indexer: SearchIndexer;

  beforeEach(() => {
    due = [];
    index = vi.fn<SearchRepository['index']>(async () => ({ messages: 1, unfinished: [] }));
    const dueAfter = async (afterId: string) => (afterId === BEFORE_ALL ? { due, lastId: '0000' } : null);
    const writes = {
      onChange: (listener: (chatId: string) => void) => {
        change = listener;
      },
    };
    indexer = new SearchIndexer({ index, dueAfter } as unknown as SearchRepository, writes as unknown as ChatWrites);
  });
  afterEach(() => indexer.onModuleDestroy());

  const taken = () => index.mock.calls.map(([chatIds]) => [...chatIds]);

  it('begins with what others have left undone', async () => {
    due = ['chat 1', 'chat 2'];
    indexer.onApplicationBootstrap();
    await vi.waitFor(() => expect(taken().flat()).toEqual(['chat 1', 'chat 2']), PATIENT);
  });

  it('is one row of work for each chat, however many messages came', async () => {
    indexer.onApplicationBootstrap();
    for (let message = 0; message < 100; message += 1) {
      change(`chat ${message % 3}`);
    }
    await vi.waitFor(() => expect(taken().flat().toSorted()).toEqual(['chat 0', 'chat 1', 'chat 2']), PATIENT);
  });

  it('goes on with a chat that had more than one step takes', async () => {
    index.mockResolvedValueOnce({ messages: 50, unfinished: ['long chat'] });
    indexer.onApplicationBootstrap();
    change('long chat');
    await vi.waitFor(() => expect(taken()).toEqual([['long chat'], ['long chat']]), PATIENT);
  });

  it('forgets nothing that comes while a step is under way', async () => {
    const step = Promise.withResolvers<{ messages: number; unfinished: string[] }>();
    index.mockReturnValueOnce(step.promise);
    indexer.onApplicationBootstrap();
    change('first');
    await vi.waitFor(() => expect(taken()).toEqual([['first']]), PATIENT);

    change('first');
    change('second');
    step.resolve({ messages: 1, unfinished: [] });

    await vi.waitFor(() => expect(taken().slice(1).flat()).toEqual(['first', 'second']), PATIENT);
  });

  it('ends with the step that is under way, and begins no other', async () => {
    const step = Promise.withResolvers<{ messages: number; unfinished: string[] }>();
    index.mockReturnValueOnce(step.promise);
    indexer.onApplicationBootstrap();
    change('first');
    await vi.waitFor(() => expect(taken()).toHaveLength(1), PATIENT);
    change('second');

    const ended = indexer.onModuleDestroy();
    step.resolve({ messages: 1, unfinished: [] });
    await ended;

    expect(taken()).toEqual([['first']]);
  });

  it('survives a database that is away, and keeps what was to be done', async () => {
    index.mockRejectedValueOnce(new Error('connection lost'));
    due = ['chat 1'];
    indexer.onApplicationBootstrap();
    await vi.waitFor(() => expect(taken()).toEqual([['chat 1'], ['chat 1']]), PATIENT);
  });
});
