import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatReference, messageNumber, messagePlace } from '../../../src/dialects/message-number.js';

const LAST_CHAT = 2 ** 29 - 2 ** 18 - 1;
const LAST_SEQ = 2 ** 24 - 1;
const chatNumber = fc.integer({ min: 1, max: LAST_CHAT });
const seq = fc.integer({ min: 1, max: LAST_SEQ });

describe("a message's number", () => {
  it('is exact, and names its place again', () => {
    fc.assert(
      fc.property(chatNumber, seq, (chat, place) => {
        const number = messageNumber(chat, place);
        expect(Number.isSafeInteger(number)).toBe(true);
        expect(messagePlace(number)).toEqual({ chatNumber: chat, seq: place });
        expect(messagePlace(String(number))).toEqual({ chatNumber: chat, seq: place });
      }),
    );
  });

  it('grows with the messages of a chat', () => {
    fc.assert(
      fc.property(chatNumber, seq, seq, (chat, one, other) => {
        expect(Math.sign(messageNumber(chat, one) - messageNumber(chat, other))).toBe(Math.sign(one - other));
      }),
    );
  });

  it('stays the same for good: clients keep it', () => {
    expect(messageNumber(1, 1)).toBe(2 ** 42 + 2 ** 24 + 1);
    expect(messageNumber(LAST_CHAT, LAST_SEQ)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('lies above the clock, by which clients call what they have not sent yet', () => {
    expect(messageNumber(1, 1)).toBeGreaterThan(Date.UTC(2109, 0));
  });

  it.each([
    [LAST_CHAT + 1, 1],
    [1, LAST_SEQ + 1],
  ])('is refused where it would not be exact: chat %i, seq %i', (chat, place) => {
    expect(() => messageNumber(chat, place)).toThrow(RangeError);
  });

  it.each([
    ...[456, 0, -1, 2 ** 24 + 1, Date.UTC(2026, 0), 2 ** 42 - 1, 2 ** 42, 2 ** 42 + 1, messageNumber(1, 1) - 1],
    ...[messageNumber(7, 1) + 0.5, Number.NaN, 2 ** 53, '', '0x10', ' 1', null, {}, [messageNumber(1, 1)]],
  ])('%j can be none', (number) => {
    expect(messagePlace(number)).toBeNull();
  });
});

describe('a reference to a chat', () => {
  it.each([
    [7, 7],
    ['7', 7],
    ['-7', '-7'],
    ['12345678901234567', '12345678901234567'],
    ['0198c0de-0000-7000-8000-00000000000a', '0198c0de-0000-7000-8000-00000000000a'],
    [null, null],
  ])('%j is %j', (value, reference) => {
    expect(chatReference(value)).toBe(reference);
  });
});
