import type { TextRange } from '../contract/index.js';

/** What the database puts around a found word: control characters, which it first takes out of the text. */
export const MARK_START = '\u0002';
export const MARK_END = '\u0003';

/**
 * The places of the found words in a text, out of the copy of it in which the database has marked them. Places rather than
 * markup, so that nobody is tempted to put a message's text into a page as HTML.
 *
 * @param marked `text`, in which marks stand and control characters like them are blanks
 * @returns nothing where the copy is not the text in every other respect: better no highlight than a wrong one
 */
export function toHighlights(text: string, marked: string): TextRange[] {
  const [before = '', ...rest] = marked.split(MARK_START);
  const ranges: TextRange[] = [];
  let length = before.length;
  for (const part of rest) {
    const [word = '', ...after] = part.split(MARK_END);
    if (word !== '') {
      ranges.push({ start: length, length: word.length });
    }
    length += word.length + after.join('').length;
  }
  return length === text.length ? ranges : [];
}
