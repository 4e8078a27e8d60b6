import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectKey } from '../../../src/attachments/object-key.js';

const key = (name: string) => objectKey('chat', 'random', name);

describe('the key of an uploaded file', () => {
  it.each([
    ['table.jpg', 'table.jpg'],
    ['Walnut table (2).JPG', 'Walnut-table-2.JPG'],
    ['Überblick.pdf', 'Uberblick.pdf'],
    ['Grüße.pdf', 'Gru-e.pdf'],
    ['Счёт.pdf', 'file.pdf'],
    ['👍', 'file'],
    ['.htaccess', 'htaccess'],
    ['..', 'file'],
    ['a/../../b.txt', 'a-.-.-b.txt'],
    ['a\\b', 'a-b'],
    ['report.', 'report'],
    ['report.-', 'report'],
    ['-.-.pdf', 'file.pdf'],
    ['tar.gz', 'tar.gz'],
    [`\${filename}`, 'filename'],
    ['a?b#c%d&e', 'a-b-c-d-e'],
  ])('of %s ends with %s', (name, end) => {
    expect(key(name)).toBe(`chats/chat/random/${end}`);
  });

  it('keeps the extension of a name that is cut', () => {
    expect(key(`${'x'.repeat(300)}.jpeg`)).toBe(`chats/chat/random/${'x'.repeat(95)}.jpeg`);
  });

  it('has no two dots where a name is cut at one', () => {
    expect(key(`${'x'.repeat(94)}.y.jpeg`)).toBe(`chats/chat/random/${'x'.repeat(94)}.jpeg`);
  });

  it('never needs escaping, never leaves its folder, and is never longer than a store takes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }),
          fc.stringMatching(/^[ab.-]{80,120}\.?[ab.-]{0,60}$/),
        ),
        (name) => {
          const [chats, chat, random, end, ...rest] = key(name).split('/');
          expect([chats, chat, random, rest]).toEqual(['chats', 'chat', 'random', []]);
          expect(end).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/);
          expect(end).not.toContain('..');
        },
      ),
    );
  });
});
