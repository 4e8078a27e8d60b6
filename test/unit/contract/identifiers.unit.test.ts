import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatId, ClientMessageId, ProductId, storableText, toWireId, UserId } from '../../../src/contract/index.js';

const MAX_SAFE = 2 ** 53 - 1;

describe('an id of the marketplace', () => {
  it('is the same id whether it comes as a number or as its digits', () => {
    expect(UserId.parse(1)).toBe('1');
    expect(UserId.parse('1')).toBe('1');
    expect(ProductId.parse(0)).toBe('0');
  });

  it.each([
    ['1', 1],
    ['0', 0],
    [String(MAX_SAFE), MAX_SAFE],
    ['0123', '0123'],
    ['-1', '-1'],
    ['1.0', '1.0'],
    ['1e3', '1e3'],
    [' 1', ' 1'],
    ['٣', '٣'],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567890', '12345678901234567890'],
    ['user-7', 'user-7'],
  ])('%j travels as %j', (id, wire) => {
    expect(toWireId(id)).toBe(wire);
  });

  it('survives the way to the client and back, whatever it is', () => {
    const ids = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
      fc.stringMatching(/^0\d{1,17}$/),
    );
    fc.assert(
      fc.property(ids, (id) => {
        fc.pre(UserId.safeParse(id).success);
        expect(UserId.parse(JSON.parse(JSON.stringify(toWireId(id))))).toBe(id);
      }),
    );
  });

  it.each([2 ** 53, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('is not the number %d', (id) => {
    expect(UserId.safeParse(id).success).toBe(false);
  });

  it.each([
    ['the empty string', ''],
    ['129 characters', 'x'.repeat(129)],
    ['text with a NUL', 'a\u0000b'],
    ['text with a lone surrogate', 'a\ud800'],
    ['null', null],
    ['true', true],
    ['a list', [1]],
    ['an object', { id: 1 }],
  ])('is not %s', (_, id) => {
    expect(UserId.safeParse(id).success).toBe(false);
  });
});

describe('an id of a chat', () => {
  it('is a UUID, and one in capital letters is the same', () => {
    expect(ChatId.parse('0190B3A0-1234-7ABC-8DEF-0123456789AB')).toBe('0190b3a0-1234-7abc-8def-0123456789ab');
  });

  it.each([
    'uuid',
    '',
    '0190b3a0-1234-7abc-8def-0123456789a',
    '{0190b3a0-1234-7abc-8def-0123456789ab}',
    '0190b3a0123 47abc8def0123456789ab',
    "' or 1=1 --",
    123,
    null,
  ])('is not %j', (id) => {
    expect(ChatId.safeParse(id).success).toBe(false);
  });
});

describe('a key of idempotency', () => {
  it('is text of 1 to 128 characters, and no number', () => {
    expect(ClientMessageId.parse('k')).toBe('k');
    expect(ClientMessageId.parse('k'.repeat(128))).toHaveLength(128);
    for (const wrong of ['', 'k'.repeat(129), 1, 'a\u0000', '\udc00']) {
      expect(ClientMessageId.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
    }
  });
});

describe('storable text', () => {
  it('refuses what PostgreSQL or UTF-8 cannot carry, and only that', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const storable = !text.includes('\u0000') && text.isWellFormed();
        expect(storableText.safeParse(text).success).toBe(storable);
      }),
    );
    expect(storableText.safeParse('pair 👋 is whole').success).toBe(true);
  });
});
