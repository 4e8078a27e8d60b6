import { describe, expect, it } from 'vitest';
import { ErasureCursor, ExportCursor, readCursor, writeCursor } from '../../../src/admin/cursor.js';

const chatId = '0190b3a0-1234-7abc-8def-0123456789ab';
const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it.each<ExportCursor>([
    { part: 'chats', chatId },
    { part: 'messages', chatId, after: null },
    { part: 'messages', chatId, after: ['a key with "signs" / + and ünïcode'] },
    { part: 'versions', chatId, after: [chatId, 7] },
    { part: 'reactions', chatId, after: [7] },
    { part: 'records', after: [2, 'a key'] },
  ])('comes back as it was written: %j', (cursor) => {
    const written = writeCursor(cursor);
    expect(written).toMatch(/^[\w-]+$/);
    expect(readCursor(written, ExportCursor, 'export user')).toEqual(cursor);
  });

  it.each([
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['nothing', ''],
    ['of another route', writeCursor({ erase: 'messages', chatId, after: ['key'] })],
    ['of another part', text({ part: 'messages', chatId, after: [chatId, 7] })],
    ['with a chat that can be none', text({ part: 'chats', chatId: "' or true" })],
    ['with a message that can be none', text({ part: 'versions', chatId, after: ['x', 7] })],
    ['with a number that the database cannot hold', text({ part: 'versions', chatId, after: [chatId, 2 ** 31] })],
    ['with a place that the database cannot hold', text({ part: 'reactions', chatId, after: [2 ** 31] })],
    ['with a kind of records that can be none', text({ part: 'records', after: [-1, ''] })],
    ['with a key that the database cannot hold', text({ part: 'messages', chatId, after: ['\u0000'] })],
  ])('is refused when it is %s', (_, forged) => {
    expect(() => readCursor(forged, ExportCursor, 'export user')).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: 'unable to export user; cursor: is none of this route',
      }),
    );
  });

  it('of an export erases nothing', () => {
    expect(() =>
      readCursor(writeCursor({ part: 'messages', chatId, after: ['k'] }), ErasureCursor, 'erase user'),
    ).toThrow();
  });
});
