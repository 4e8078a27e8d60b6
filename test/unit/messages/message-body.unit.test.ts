import { describe, expect, it } from 'vitest';
import { admitBody } from '../../../src/messages/message-body.js';

const rules = {
  maxLength: 10,
  attachments: {
    hosts: ['files.example'],
    allowHttp: false,
    mimeTypes: ['image/jpeg', 'application/pdf'],
    maxBytes: 1_000,
    maxCount: 3,
  },
};
const image = { url: 'https://files.example/a.jpg', name: 'a.jpg', size: 1, mimeType: 'image/jpeg' };
const pdf = { url: 'https://files.example/a.pdf', name: 'a.pdf', size: 1, mimeType: 'application/pdf' };

const admit = (body: Partial<Parameters<typeof admitBody>[0]>) =>
  admitBody({ text: '', ...body }, rules, 'send message');
const refused = (code: string, details?: unknown) =>
  expect.objectContaining({ code, ...(details === undefined ? {} : { details }) });

describe('what a message says', () => {
  it.each([[undefined], [null], [[]]])('is text where it has no attachments (%j)', (attachments) => {
    for (const type of [undefined, null, 'text' as const]) {
      expect(admit({ type, text: 'hello', attachments })).toEqual({ type: 'text', text: 'hello', attachments: null });
    }
  });

  it('is an image where all attachments are images, and else a file, unless it says so itself', () => {
    expect(admit({ attachments: [image, image] })).toMatchObject({ type: 'image', attachments: [image, image] });
    expect(admit({ attachments: [image, pdf] })).toMatchObject({ type: 'file', attachments: [image, pdf] });
    expect(admit({ type: 'file', attachments: [image] })).toMatchObject({ type: 'file', attachments: [image] });
    expect(admit({ type: 'image', attachments: [image] })).toMatchObject({ type: 'image' });
  });

  it.each(['', ' \n'])('may be nothing but %j beside an attachment, and only there', (text) => {
    expect(admit({ text, attachments: [pdf] })).toMatchObject({ text });
    expect(() => admit({ text })).toThrow(refused('MESSAGE_EMPTY'));
    expect(() => admit({ text, type: 'text', attachments: [] })).toThrow(refused('MESSAGE_EMPTY'));
  });

  it.each(['image', 'file'] as const)('is no %s without attachments', (type) => {
    for (const attachments of [undefined, null, []]) {
      expect(() => admit({ type, text: 'look', attachments })).toThrow(
        refused('VALIDATION_FAILED', [expect.objectContaining({ path: 'attachments' })]),
      );
    }
  });

  it('is neither text with attachments nor an image with other files', () => {
    for (const body of [
      { type: 'text' as const, text: 'look', attachments: [image] },
      { type: 'image' as const, attachments: [image, pdf] },
    ]) {
      expect(() => admit(body)).toThrow(refused('VALIDATION_FAILED', [expect.objectContaining({ path: 'type' })]));
    }
  });

  it('is as long as a text may be, beside an attachment too', () => {
    expect(admit({ text: '👋'.repeat(10), attachments: [image] })).toMatchObject({ text: '👋'.repeat(10) });
    expect(() => admit({ text: 'x'.repeat(11), attachments: [image] })).toThrow(
      refused('MESSAGE_TOO_LONG', { maxLength: 10 }),
    );
  });

  it('has attachments of the allowed kind only', () => {
    expect(() => admit({ attachments: [{ ...image, url: 'https://elsewhere.example/a.jpg' }] })).toThrow(
      refused('ATTACHMENT_REFUSED'),
    );
  });
});
