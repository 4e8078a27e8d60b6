import { describe, expect, it } from 'vitest';
import { MARK_END, MARK_START, toHighlights } from '../../../src/search/highlights.js';

const mark = (text: string) => text.replaceAll('[', MARK_START).replaceAll(']', MARK_END);

describe('the places of found words', () => {
  it.each([
    ['one word', 'one word', []],
    ['[one] word', 'one word', [{ start: 0, length: 3 }]],
    ['one [word]', 'one word', [{ start: 4, length: 4 }]],
    [
      '[one] [one]',
      'one one',
      [
        { start: 0, length: 3 },
        { start: 4, length: 3 },
      ],
    ],
    [
      '[one][two]',
      'onetwo',
      [
        { start: 0, length: 3 },
        { start: 3, length: 3 },
      ],
    ],
    ['', '', []],
  ])('of %j are counted without the marks', (marked, text, places) => {
    expect(toHighlights(text, mark(marked))).toEqual(places);
  });

  it('count as JavaScript does, so that they can be cut out', () => {
    const text = '🙂👍🏽 слово';
    const [range] = toHighlights(text, mark('🙂👍🏽 [слово]'));
    expect(text.slice(range?.start, (range?.start ?? 0) + (range?.length ?? 0))).toBe('слово');
  });

  it('are none where the marked copy is not the text', () => {
    expect(toHighlights('some text', mark('[some] other text'))).toEqual([]);
  });
});
