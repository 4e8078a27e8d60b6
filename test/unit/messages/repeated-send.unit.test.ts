import { describe, expect, it } from 'vitest';
import { type MessageDraft, repeats, type StoredMessage, toWireMessage } from '../../../src/messages/message.js';

const draft: MessageDraft = {
  id: '0190b3a0-0000-7000-8000-00000000000a',
  chatId: '0190b3a0-0000-7000-8000-000000000000',
  senderId: '42',
  type: 'text',
  text: 'is it still there?',
  attachments: null,
  replyTo: null,
  productId: '7',
  clientMessageId: 'key',
};
const stored: StoredMessage = {
  ...draft,
  seq: 1,
  rev: 1,
  reactions: null,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  editedAt: null,
  deletedAt: null,
};

const photo = { url: 'https://files.example/a.jpg', name: 'a.jpg', size: 1, mimeType: 'image/jpeg' };

describe('a send that comes with a key its sender used before', () => {
  it('repeats the message when text and product are the same', () => {
    expect(repeats({ ...draft, id: 'another id' }, stored)).toBe(true);
  });

  it.each([
    ['text', { text: 'is it still here?' }],
    ['product', { productId: '8' }],
    ['product, which it lacks', { productId: null }],
    ['type', { type: 'file' as const }],
    ['answered message', { replyTo: stored.id }],
    ['files, of which it has one more', { attachments: [photo] }],
  ])('is another message when it differs in its %s', (_, difference) => {
    expect(repeats({ ...draft, ...difference }, stored)).toBe(false);
  });

  it('repeats the message when its files are the same, in whatever order the database keeps their fields', () => {
    const kept = { mimeType: photo.mimeType, size: photo.size, url: photo.url, name: photo.name };
    expect(repeats({ ...draft, attachments: [photo] }, { ...stored, attachments: [kept] })).toBe(true);
  });

  it('tells notices of one text apart by code and params, in whatever order the database keeps their fields', () => {
    const notice = { kind: 'notice' as const, code: 'order_shipped', params: { order: 'A-7', parcels: 2 } };
    const posted: MessageDraft = { ...draft, type: 'system', system: notice };
    const kept = { params: { parcels: 2, order: 'A-7' }, code: 'order_shipped', kind: 'notice' as const };
    const before: StoredMessage = { ...stored, type: 'system', system: kept };

    expect(repeats(posted, before)).toBe(true);
    expect(repeats({ ...posted, system: { ...notice, code: 'order_lost' } }, before)).toBe(false);
    expect(repeats({ ...posted, system: { ...notice, params: { order: 'A-8', parcels: 2 } } }, before)).toBe(false);
    expect(repeats({ ...posted, system: { ...notice, params: { order: 'A-7' } } }, before)).toBe(false);
  });

  it.each([
    ['address', { url: 'https://files.example/b.jpg' }],
    ['name', { name: 'b.jpg' }],
    ['size', { size: 2 }],
    ['type', { mimeType: 'image/png' }],
  ])('is another message when one of its files differs in its %s', (_, difference) => {
    const attachments = [photo, photo];
    const others = [photo, { ...photo, ...difference }];
    expect(repeats({ ...draft, attachments }, { ...stored, attachments: others })).toBe(false);
  });

  it('is another message when its files come in another order, or one is missing', () => {
    const second = { ...photo, url: 'https://files.example/b.jpg' };
    const both = { ...stored, attachments: [photo, second] };
    expect(repeats({ ...draft, attachments: [second, photo] }, both)).toBe(false);
    expect(repeats({ ...draft, attachments: [photo] }, both)).toBe(false);
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
      attachments: [],
      reactions: [],
      createdAt: '2026-01-02T03:04:05.678Z',
    });
  });

  it('has files as they were sent, and who reacted by the ids that clients know', () => {
    const reactions = [{ emoji: '👍', userIds: ['42', 'u-1'] }];
    expect(toWireMessage({ ...stored, type: 'image', attachments: [photo], reactions })).toMatchObject({
      type: 'image',
      attachments: [photo],
      reactions: [{ emoji: '👍', userIds: [42, 'u-1'] }],
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
