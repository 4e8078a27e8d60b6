import { describe, expect, it } from 'vitest';
import { withFewNegations } from '../../../src/search/search-query.js';

describe('a query', () => {
  it.each(['red -lamp', 'well-known', '"a - b" or -c', 'нео-классика -лампа', ''])(
    'like %j stays as it is',
    (query) => {
      expect(withFewNegations(query)).toBe(query);
    },
  );

  it('keeps the first minus signs of a heap, whatever stands between them', () => {
    expect(withFewNegations('-'.repeat(200))).toBe('-'.repeat(16) + ' '.repeat(184));
    expect(withFewNegations('- &'.repeat(60)).split('-')).toHaveLength(17);
    expect(withFewNegations(`${'-'.repeat(40)}well-known`)).toMatch(/ well-known$/);
  });
});
