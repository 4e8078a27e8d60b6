import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatReference, messageNumber, messagePlace } from '../../../src/dialects/message-number.js';

const chatNumber = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const seq = fc.integer({ min: 1, max: 2 ** 24 - 1 });

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

  it.each([
    [2 ** 29, 1],
    [1, 2 ** 24],
  ])('is refused where it would not be exact: chat %i, seq %i', (chat, place) => {
    expect(() => messageNumber(chat, place)).toThrow(RangeError);
  });

  it.each([456, 0, -1, 2 ** 24, 1.5, Number.NaN, 2 ** 53, '', '0x10', ' 1', null, {}, [33_554_433]])(
    '%j can be none',
    (number) => {
      expect(messagePlace(number)).toBeNull();
    },
  );
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
