import { describe, expect, it } from 'vitest';
import { canonicalEmoji, Emoji } from '../../../src/contract/index.js';

describe('an emoji', () => {
  it.each([
    ['a plain one', '👍'],
    ['one with a skin tone', '👍🏽'],
    ['a family', '👩‍👩‍👧‍👦'],
    ['the longest there is', '🧑🏻‍❤️‍💋‍🧑🏼'],
    ['a flag of two letters', '🇺🇦'],
    ['a flag of tags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a keycap', '1️⃣'],
    ['a sign made colourful', '❤️'],
    ['a code point that is set apart for emoji to come', '\u{1fc00}'],
  ])('may be %s', (_case, emoji) => {
    expect(Emoji.parse(emoji)).toBe(emoji);
  });

  it.each([
    ['a heart without its selector', '❤', '❤️'],
    ['a thumb with a selector that it does not need', '👍\ufe0f', '👍'],
    ['a sign without its selector', '©', '©️'],
    ['a keycap without its selector', '1\u20e3', '1️⃣'],
    ['a flag without the selector within', '🏳\u200d🌈', '🏳️‍🌈'],
    ['a flag with one of its two selectors', '🏳️\u200d⚧', '🏳️‍⚧️'],
    ['a ball player whose skin tone makes a selector needless', '⛹🏽\u200d♀', '⛹🏽‍♀️'],
    ['an eye in a bubble without any selector', '👁\u200d🗨', '👁️‍🗨️'],
  ])('has one spelling, however a keyboard spells it: %s', (_case, typed, emoji) => {
    expect(Emoji.parse(typed)).toBe(emoji);
    expect(canonicalEmoji(emoji)).toBe(emoji);
  });

  it.each([
    ['nothing', ''],
    ['a letter', 'a'],
    ['a digit', '1'],
    ['a hash sign', '#'],
    ['text', ':+1:'],
    ['two emoji', '👍👍'],
    ['two emoji with signs', '❤️❤️'],
    ['an emoji and a letter', '👍a'],
    ['a letter and an emoji', 'a👍'],
    ['an emoji and a blank', '👍 '],
    ['half a flag', '🇺'],
    ['three quarters of two flags', '🇺🇦🇺'],
    ['a joiner alone', '\u200d'],
    ['a selector alone', '\ufe0f'],
    ['an emoji asked to be a plain sign', '☺\ufe0e'],
    ['an emoji with accents piled on it', `👍${'\u0301'.repeat(5)}`],
    ['half a surrogate pair', '\ud83d'],
    ['a NUL character', '👍\u0000'],
    ['a direction mark before it', '\u202e👍'],
    ['an endless family', Array.from({ length: 20 }, () => '👩').join('\u200d')],
    ['a number', 1],
    ['null', null],
  ])('is not %s', (_case, value) => {
    expect(Emoji.safeParse(value).success).toBe(false);
  });
});
