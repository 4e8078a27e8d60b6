import fc from 'fast-check';

/** What was good, with a few characters changed on the way. */
export function mangled(...good: [string, ...string[]]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...good), fc.nat(), fc.nat({ max: 6 }), fc.string({ unit: 'binary', maxLength: 4 }))
    .map(([text, at, length, inserted]) => {
      const start = at % text.length;
      return text.slice(0, start) + inserted + text.slice(start + length);
    });
}
