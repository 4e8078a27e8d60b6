import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../../src/messages/message.js';
import { judgeDelete, judgeEdit, judgeModeration } from '../../../src/messages/message-changes.js';

const SENT_AT = new Date('2026-01-01T12:00:00.000Z');
const WINDOW_SECONDS = 900;

function message(fields: Partial<StoredMessage> = {}): StoredMessage {
  return {
    id: '0190b3a0-0000-7000-8000-000000000001',
    chatId: '0190b3a0-1234-7abc-8def-0123456789ab',
    seq: 1,
    rev: 1,
    senderId: 'author',
    type: 'text',
    text: 'first words',
    attachments: null,
    replyTo: null,
    reactions: null,
    productId: null,
    clientMessageId: 'key',
    createdAt: SENT_AT,
    editedAt: null,
    deletedAt: null,
    ...fields,
  };
}

const later = (ms: number) => new Date(SENT_AT.getTime() + ms);
const rules = {
  userId: 'author',
  text: 'second thoughts',
  closed: false,
  windowSeconds: WINDOW_SECONDS,
  now: later(1_000),
};

describe('an edit', () => {
  it('is refused in a closed chat, to the author too, and tells nobody else that it is closed', () => {
    const closed = { ...rules, closed: true };
    expect(() => judgeEdit(message(), closed)).toThrow(expect.objectContaining({ code: 'CHAT_CLOSED' }));
    expect(() => judgeEdit(message(), { ...closed, userId: 'other' })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });

  it('of a system message is refused to everybody, also to whom it names as its sender', () => {
    expect(() => judgeEdit(message({ type: 'system' }), rules)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('by the author, within the window, gives the message its new text', () => {
    expect(judgeEdit(message(), rules)).toEqual({ kind: 'edit', text: 'second thoughts' });
  });

  it('may follow another edit, but not later than the window after sending', () => {
    const edited = message({ editedAt: later(899_000), rev: 2 });
    expect(judgeEdit(edited, { ...rules, now: later(900_000) })).not.toBeNull();
    expect(() => judgeEdit(edited, { ...rules, now: later(900_001) })).toThrow('the time to edit it is over');
  });

  it('is in time up to the last millisecond of the window, and late after it', () => {
    expect(judgeEdit(message(), { ...rules, now: later(WINDOW_SECONDS * 1_000) })).not.toBeNull();
    expect(() => judgeEdit(message(), { ...rules, now: later(WINDOW_SECONDS * 1_000 + 1) })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', details: { windowSeconds: 900 } }),
    );
  });

  it.each([
    ['in the millisecond of sending', 0],
    ['while the clock of the database is ahead', -5_000],
    ['a day later', 86_400_000],
  ])('is never in time with a window of 0, %s', (_case, ms) => {
    expect(() => judgeEdit(message(), { ...rules, windowSeconds: 0, now: later(ms) })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });

  it('with the same text changes nothing, yet only within the window', () => {
    expect(judgeEdit(message(), { ...rules, text: 'first words' })).toBeNull();
    expect(() => judgeEdit(message(), { ...rules, text: 'first words', now: later(1e9) })).toThrow();
  });

  it('takes texts that only look the same for different ones', () => {
    expect(judgeEdit(message({ text: '\u00e9' }), { ...rules, text: 'e\u0301' })).toMatchObject({ kind: 'edit' });
    expect(judgeEdit(message(), { ...rules, text: 'first words ' })).toMatchObject({ kind: 'edit' });
  });

  it.each(['', ' \n'])('of a text leaves one: %j is empty, for images and files a caption is no must', (text) => {
    expect(() => judgeEdit(message(), { ...rules, text })).toThrow(expect.objectContaining({ code: 'MESSAGE_EMPTY' }));
    expect(judgeEdit(message({ type: 'image' }), { ...rules, text })).toEqual({ kind: 'edit', text });
    expect(judgeEdit(message({ type: 'file' }), { ...rules, text })).toEqual({ kind: 'edit', text });
  });

  it('by anybody else is forbidden', () => {
    expect(() => judgeEdit(message(), { ...rules, userId: 'other' })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringContaining('unable to edit message; ') }),
    );
  });

  it.each(['author', 'other'])('of a deleted message finds none, for the %s', (userId) => {
    expect(() => judgeEdit(message({ deletedAt: later(1), text: '' }), { ...rules, userId })).toThrow(
      expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }),
    );
  });
});

describe('a delete', () => {
  const author = { userId: 'author', role: 'buyer' };
  const other = { userId: 'other', role: 'seller' };

  it.each(['owner', 'moderator'])('by the %s of the chat is as good as by the author', (role) => {
    expect(judgeDelete(message(), { userId: 'other', role })).toEqual({ kind: 'delete' });
    expect(judgeDelete(message({ deletedAt: later(1), text: '' }), { userId: 'other', role })).toBeNull();
  });

  it.each(['buyer', 'seller', 'member', 'Owner', ''])('by another one in the role %j is forbidden', (role) => {
    expect(() => judgeDelete(message(), { userId: 'other', role })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });

  it.each(['owner', 'moderator', 'member', 'buyer'])(
    'of what the service tells is forbidden, also to who did it, as %s',
    (role) => {
      const told = message({ type: 'system' });
      for (const userId of [told.senderId, 'other']) {
        expect(() => judgeDelete(told, { userId, role })).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
      }
    },
  );

  it('by the author leaves a tombstone, however old the message is and whether it was edited or not', () => {
    expect(judgeDelete(message(), author)).toEqual({ kind: 'delete' });
    expect(judgeDelete(message({ createdAt: new Date(0), editedAt: later(1) }), author)).toEqual({ kind: 'delete' });
  });

  it('of what is deleted already changes nothing', () => {
    expect(judgeDelete(message({ deletedAt: later(1), text: '' }), author)).toBeNull();
  });

  it.each([
    ['a message', message()],
    ['a deleted message', message({ deletedAt: later(1), text: '' })],
  ])('of %s by another member is forbidden', (_case, target) => {
    expect(() => judgeDelete(target, other)).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringContaining('unable to delete message; ') }),
    );
  });
});

describe('a moderation', () => {
  it('deletes anybody’s message, system messages too, and only once', () => {
    expect(judgeModeration(message())).toEqual({ kind: 'delete' });
    expect(judgeModeration(message({ type: 'system', senderId: '' }))).toEqual({ kind: 'delete' });
    expect(judgeModeration(message({ deletedAt: later(1), text: '' }))).toBeNull();
  });
});
