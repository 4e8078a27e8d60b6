import { describe, expect, it } from 'vitest';
import { type MessageDraft, repeats, type StoredMessage, toWireMessage } from '../../../src/messages/message.js';

const draft: MessageDraft = {
  id: '0190b3a0-0000-7000-8000-00000000000a',
  chatId: '0190b3a0-0000-7000-8000-000000000000',
  senderId: '42',
  type: 'text',
  text: 'is it still there?',
  productId: '7',
  clientMessageId: 'key',
};
const stored: StoredMessage = {
  ...draft,
  seq: 1,
  rev: 1,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  editedAt: null,
  deletedAt: null,
};

describe('a send that comes with a key its sender used before', () => {
  it('repeats the message when text and product are the same', () => {
    expect(repeats({ ...draft, id: 'another id' }, stored)).toBe(true);
  });

  it.each([
    ['text', { text: 'is it still here?' }],
    ['product', { productId: '8' }],
    ['product, which it lacks', { productId: null }],
  ])('is another message when it differs in its %s', (_, difference) => {
    expect(repeats({ ...draft, ...difference }, stored)).toBe(false);
  });

  it('counts as the same once the message was edited or deleted, because what was sent is no longer known', () => {
    const late = { ...draft, text: 'what was sent at first' };
    expect(repeats(late, { ...stored, editedAt: new Date() })).toBe(true);
    expect(repeats(late, { ...stored, deletedAt: new Date() })).toBe(true);
  });
});

describe('the wire form of a message', () => {
  it('has ids as clients know them and times in ISO 8601, UTC', () => {
    expect(toWireMessage(stored)).toEqual({
      ...stored,
      senderId: 42,
      productId: 7,
      createdAt: '2026-01-02T03:04:05.678Z',
    });
  });

  it('keeps what is no integer as a string, and tells of edits and deletions', () => {
    const at = new Date('2026-01-03T00:00:00Z');
    expect(toWireMessage({ ...stored, senderId: 'u-1', productId: null, editedAt: at, deletedAt: at })).toMatchObject({
      senderId: 'u-1',
      productId: null,
      editedAt: '2026-01-03T00:00:00.000Z',
      deletedAt: '2026-01-03T00:00:00.000Z',
    });
  });
});
