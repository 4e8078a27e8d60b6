/** Nested negations that PostgreSQL's parser takes before its stack is full and it fails: 32. */
const NEGATIONS_MAX = 16;

/**
 * A query as users write it, made safe for `websearch_to_tsquery`, which takes anything but a heap of minus signs. Those
 * beyond the first few become blanks. A hyphen inside a word is no minus.
 */
export function withFewNegations(query: string): string {
  let seen = 0;
  return query.replace(/(?<![\p{L}\p{N}])-/gu, () => {
    seen += 1;
    return seen <= NEGATIONS_MAX ? '-' : ' ';
  });
}
