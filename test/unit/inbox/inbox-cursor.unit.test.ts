import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatError } from '../../../src/contract/index.js';
import { type CursorOwner, formatCursor, parseCursor } from '../../../src/inbox/inbox-cursor.js';

const CHAT_ID = '0190b3a0-1234-7abc-8def-0123456789ab';
const OWNER: CursorOwner = { userId: '7', folder: 'inbox' };
const CURSOR = formatCursor({ activityMicros: '1700000000000000', chatId: CHAT_ID }, OWNER);

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (cursor: string): string => Buffer.from(cursor, 'base64url').toString();
/** The good cursor with something else in the place of one of its parts, its checksum left as it is. */
const altered = (part: string | RegExp, other: string): string => encoded(decoded(CURSOR).replace(part, other));

function refusal(cursor: string, owner = OWNER): ChatError {
  try {
    parseCursor(cursor, owner, 'list chats');
  } catch (error) {
    if (error instanceof ChatError) {
      return error;
    }
    throw error;
  }
  throw new Error(`${cursor} was taken for a cursor`);
}

describe('a cursor', () => {
  it('names the place it was made from, to the microsecond, to its owner', () => {
    const micros = fc.bigInt({ min: 0n, max: 9_999_999_999_999_999n });
    const owner = fc.record({ userId: fc.string(), folder: fc.constantFrom('inbox' as const, 'archive' as const) });
    fc.assert(
      fc.property(micros, fc.uuid(), owner, (activity, chatId, whose) => {
        const position = { activityMicros: String(activity), chatId };
        expect(parseCursor(formatCursor(position, whose), whose, 'list chats')).toEqual(position);
      }),
    );
  });

  it('fits the contract and a URL as it is', () => {
    const cursor = formatCursor({ activityMicros: '9999999999999999', chatId: CHAT_ID }, OWNER);
    expect(cursor.length).toBeLessThanOrEqual(128);
    expect(encodeURIComponent(cursor)).toBe(cursor);
  });

  it.each([
    ["is another user's", { ...OWNER, userId: '8' }],
    ["is another user's whose id begins the same", { ...OWNER, userId: '77' }],
    ['is of another list of the same user', { ...OWNER, folder: 'archive' as const }],
  ])('that %s is refused', (_, owner) => {
    expect(refusal(CURSOR, owner).code).toBe('VALIDATION_FAILED');
  });

  it.each([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['a chat alone', encoded(CHAT_ID)],
    ['a time alone', encoded('1700000000000000')],
    ['a time and a chat without their checksum', encoded(`1700000000000000.${CHAT_ID}`)],
    ['a made-up checksum', altered(/[^.]+$/, 'AAAAAAAAAAA')],
    ['another time', altered('1700000000000000', '1800000000000000')],
    ['another chat', altered('89ab', '89ac')],
    ['no UUID', altered(CHAT_ID, '000000000000000000000000000000000000')],
    ['a time before all times', altered('17', '-17')],
    ['a time that no database knows', altered('17', '99917')],
    ['SQL', altered(CHAT_ID, "'; drop table chat.chats; --")],
    ['more behind it', encoded(`${decoded(CURSOR)}\n1`)],
    ['a NUL character', encoded(`${decoded(CURSOR)}\u0000`)],
  ])('of %s is refused, and the refusal repeats nothing of it', (_, cursor) => {
    const error = refusal(cursor);
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(error.message).toBe('unable to list chats; cursor: is none that this list gave out');
    expect(error.details).toEqual([{ path: 'cursor', message: 'is none that this list gave out' }]);
  });
});
