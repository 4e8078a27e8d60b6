import { z } from 'zod';

/** The longest emoji of today, a couple with two skin tones, takes 15 UTF-16 units. */
const EMOJI_UNITS_MAX = 32;

/** As Unicode recommends emoji for interchange: among its rules, with every selector below in its place. */
const RECOMMENDED = /^\p{RGI_Emoji}$/v;

/** Asks for the colourful form of the character before it. */
const SELECTOR = '\ufe0f';

/** What takes the selector: characters that are plain signs by default, unless a skin tone makes them colourful anyway. */
const PLAIN_SIGN = /(?:(?=\p{Extended_Pictographic})\P{Emoji_Presentation}|[\d#*](?=\u20e3))(?!\p{Emoji_Modifier})/gu;

/** Of emoji parts only, so that phones may be newer than this service: code points are set apart for emoji to come. */
const EMOJI_PARTS = /^\p{Extended_Pictographic}(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)*$/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function isOneGrapheme(text: string): boolean {
  const [first] = graphemes.segment(text);
  return first?.segment.length === text.length;
}

/**
 * The one spelling of an emoji: keyboards disagree on the invisible selectors, and one emoji must not become two
 * reactions by them.
 *
 * @returns `null` for what is no emoji, or more than one
 */
export function canonicalEmoji(text: string): string | null {
  const bare = text.replaceAll(SELECTOR, '');
  const qualified = bare.replace(PLAIN_SIGN, `$&${SELECTOR}`);
  const recommended = [qualified, bare, text].find((spelling) => RECOMMENDED.test(spelling));
  return recommended ?? (EMOJI_PARTS.test(text) && isOneGrapheme(text) ? text : null);
}

export const Emoji = z
  .string()
  .max(EMOJI_UNITS_MAX, `is longer than ${EMOJI_UNITS_MAX} characters`)
  .transform((text, context) => {
    const emoji = canonicalEmoji(text);
    if (emoji === null) {
      context.addIssue({ code: 'custom', message: 'is not one emoji' });
      return z.NEVER;
    }
    return emoji;
  })
  .meta({ description: 'One emoji', examples: ['👍'] });
