import { describe, expect, it } from 'vitest';
import type { Membership } from '../../../src/members/membership.js';
import type { ProfilesService } from '../../../src/profiles/profiles.service.js';
import type { SearchRepository } from '../../../src/search/search.repository.js';
import { SearchService } from '../../../src/search/search.service.js';

/** A search service over a repository whose searches end when the test says so. */
function controlledSearch() {
  const running: { userId: string; end: () => void }[] = [];
  const repository = {
    find: ({ userId }: { userId: string }) => {
      const { promise, resolve } = Promise.withResolvers<never[]>();
      running.push({ userId, end: () => resolve([]) });
      return promise;
    },
  } as unknown as SearchRepository;
  const profiles = { sendersOf: async () => [] } as unknown as ProfilesService;
  const service = new SearchService(repository, {} as Membership, profiles);
  return { running, search: (userId: string) => service.search(userId, { query: 'lamp', limit: 10 }) };
}

describe('searches side by side', () => {
  it('are one of each user: who floods the service with them leaves a place to the others', async () => {
    const { running, search } = controlledSearch();
    const flood = Array.from({ length: 5 }, () => search('flooding'));
    const other = search('other');

    expect(running.map(({ userId }) => userId)).toEqual(['flooding', 'other']);
    await expect(search('flooding')).rejects.toMatchObject({ code: 'OVERLOADED' });

    running[1]?.end();
    await other;
    for (let ended = 0; ended < flood.length; ended++) {
      const next = ended === 0 ? 0 : ended + 1;
      await expect.poll(() => running[next]?.userId).toBe('flooding');
      expect(running).toHaveLength(next === 0 ? 2 : next + 1);
      running[next]?.end();
      await flood[ended];
    }
    expect(running.map(({ userId }) => userId)).toEqual(['flooding', 'other', ...Array(4).fill('flooding')]);
  });

  it('of a user begin anew after the last one has ended', async () => {
    const { running, search } = controlledSearch();
    for (const index of [0, 1]) {
      const found = search('1');
      expect(running).toHaveLength(index + 1);
      running[index]?.end();
      expect(await found).toEqual({ results: [], senders: [], nextCursor: null });
    }
  });
});
