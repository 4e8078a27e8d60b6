import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attachment, Message } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { joinedPair, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';

function file(fields: Partial<Record<keyof Attachment, unknown>> = {}): Attachment {
  const photo = { url: 'https://files.example/table.jpg', name: 'table.jpg', size: 1_000, mimeType: 'image/jpeg' };
  return { ...photo, ...fields } as Attachment;
}
const pdf = file({ url: 'https://files.example/a.pdf', name: 'invoice.pdf', mimeType: 'application/pdf' });

/** What images and files are, on any stores. */
export function describeAttachments(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a message with attachments', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start({
        ...UNLIMITED,
        ATTACHMENT_HOSTS: 'files.example',
        ATTACHMENT_MAX_BYTES: '1000',
        ATTACHMENT_MAX_COUNT: '3',
      });
    });
    afterAll(() => chat.stop());

    it('is shown and read with them everywhere', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const phone = await chat.connect(sellerId);
      const attachments = [file(), file({ url: 'https://files.example/2.jpg', name: 'Стол 👋 "2".jpg' })];

      const sent = await buyer.get('message:send', { chatId, type: 'image', text: '', attachments });

      expect(Message.strict().parse(sent)).toMatchObject({ type: 'image', text: '', attachments, seq: 1 });
      expect(await seller.event('message:new')).toEqual(sent);
      expect((await phone.event('message:notification')).message).toEqual(sent);
      expect((await seller.get('chat:history', { chatId })).messages).toEqual([sent]);
      expect((await phone.get('chat:join', { chatId })).messages).toEqual([sent]);
      expect((await seller.get('chat:sync', { chats: [{ chatId, rev: 0 }] })).chats[0]?.messages).toEqual([sent]);
      expect(await seller.get('message:get', { chatId, messageId: sent.id })).toEqual(sent);
    });

    it('is an image where all of them are, and else a file; a caption may stand beside them', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      const send = (attachments: Attachment[]) => buyer.get('message:send', { chatId, text: 'look', attachments });
      expect(await send([file()])).toMatchObject({ type: 'image', text: 'look' });
      expect(await send([file(), pdf])).toMatchObject({ type: 'file', text: 'look' });
      expect(await send([])).toMatchObject({ type: 'text', attachments: [] });
    });

    it('loses them when it is deleted, on every path', async () => {
      const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
      const secret = file({ url: 'https://files.example/secret.jpg', name: 'secret.jpg' });
      const payload = { chatId, text: 'a secret', attachments: [secret], clientMessageId: 'key' };
      const { id: messageId } = await buyer.get('message:send', payload);

      const tombstone = await buyer.get('message:delete', { chatId, messageId });

      expect(tombstone).toMatchObject({ type: 'image', text: '', attachments: [] });
      expect(await seller.event('message:deleted')).toEqual(tombstone);
      const phone = await chat.connect(sellerId);
      await phone.get('chat:join', { chatId });
      await phone.get('chat:sync', { chats: [{ chatId, rev: 0 }] });
      const read = [
        await phone.get('chat:join', { chatId }),
        await phone.get('chat:history', { chatId }),
        await phone.get('chat:sync', { chats: [{ chatId, rev: 0 }] }),
        await phone.get('message:get', { chatId, messageId }),
        await buyer.get('message:send', payload),
      ];
      expect(JSON.stringify(read)).not.toContain('secret');
      await phone.barrier();
      expect(JSON.stringify(phone.log)).not.toContain('secret');
    });

    it('keeps them when its caption is edited, which may become empty', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      const sent = await buyer.get('message:send', { chatId, text: 'look', attachments: [pdf] });
      const edited = await buyer.get('message:edit', { chatId, messageId: sent.id, text: '' });
      expect(edited).toEqual({ ...sent, text: '', rev: 2, editedAt: expect.any(String) });
    });

    it('sent again is the same one with the same files, and another one with others', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      const payload = { chatId, text: '', attachments: [file(), pdf], clientMessageId: 'key' };
      const sent = await buyer.get('message:send', payload);

      expect(await buyer.get('message:send', payload)).toEqual(sent);
      for (const attachments of [[pdf, file()], [file()], [file({ size: 999 }), pdf]]) {
        const failure = await buyer.failure('message:send', { ...payload, attachments });
        expectRefusal(failure, 'DUPLICATE_CLIENT_ID');
      }
    });

    it('has addresses in the form that was judged', async () => {
      const { buyer, chatId } = await joinedPair(chat);
      const attachments = [file({ url: ' HTTPS://files.example\\a b.jpg' })];
      expect((await buyer.get('message:send', { chatId, text: '', attachments })).attachments).toEqual([
        file({ url: 'https://files.example/a%20b.jpg' }),
      ]);
    });

    it.each([
      ['a script for an address', [file({ url: 'javascript:alert(document.domain)' })], { index: 0, field: 'url' }],
      ['data for an address', [file({ url: 'data:image/png;base64,AAAA' })], { index: 0, field: 'url' }],
      ['plain http', [file({ url: 'http://files.example/a.jpg' })], { index: 0, field: 'url' }],
      ['this machine', [file({ url: 'https://localhost/a.jpg' })], { index: 0, field: 'url' }],
      ['an address of a network', [file({ url: 'https://169.254.169.254/latest/' })], { index: 0, field: 'url' }],
      ['a host of somebody else', [file(), file({ url: 'https://evil.example/a.jpg' })], { index: 1, field: 'url' }],
      ['a password', [file({ url: 'https://me:hush@files.example/a.jpg' })], { index: 0, field: 'url' }],
      ['a type that is not allowed', [file({ mimeType: 'text/html' })], { index: 0, field: 'mimeType' }],
      ['a file too large by a byte', [file(), pdf, file({ size: 1_001 })], { index: 2, field: 'size' }],
      ['one too many', [file(), file(), file(), file()], { maxCount: 3 }],
    ])('is refused with %s, and told which', async (_case, attachments, details) => {
      const { buyer, seller, chatId } = await joinedPair(chat);

      const failure = await buyer.failure('message:send', { chatId, text: 'look', attachments });

      expectRefusal(failure, 'ATTACHMENT_REFUSED');
      expect(failure.details).toMatchObject(details);
      expect(JSON.stringify(failure)).not.toMatch(/alert|hush|evil/);
      expect(await buyer.get('message:send', { chatId, text: 'without' })).toMatchObject({ seq: 1 });
      await seller.barrier();
      expect(seller.received('message:new')).toHaveLength(1);
    });

    it.each([
      ['an address that is none', [file({ url: 'table.jpg' })], 'attachments.0.url'],
      ['an address without end', [file({ url: `https://files.example/${'x'.repeat(2_048)}` })], 'attachments.0.url'],
      ['a name that is a path', [file(), file({ name: '../etc/passwd' })], 'attachments.1.name'],
      ['a name that reads backwards', [file({ name: 'photo\u202egpj.exe' })], 'attachments.0.name'],
      ['a name with a NUL character', [file({ name: 'a\u0000.jpg' })], 'attachments.0.name'],
      ['no name', [file({ name: '' })], 'attachments.0.name'],
      ['no size', [file({ size: undefined })], 'attachments.0.size'],
      ['a size below nothing', [file({ size: -1 })], 'attachments.0.size'],
      ['half a byte', [file({ size: 0.5 })], 'attachments.0.size'],
      ['a type with a parameter', [file({ mimeType: 'text/plain; charset=utf-8' })], 'attachments.0.mimeType'],
      ['a type that is none', [file({ mimeType: 'jpeg' })], 'attachments.0.mimeType'],
      ['more than any deployment takes', Array.from({ length: 21 }, () => file()), 'attachments'],
    ])('does not fit the contract with %s', async (_case, attachments, path) => {
      const { buyer, chatId } = await joinedPair(chat);
      const failure = await buyer.failure('message:send', { chatId, text: '', attachments });
      expectRefusal(failure, 'VALIDATION_FAILED');
      expect(failure.details).toContainEqual(expect.objectContaining({ path }));
    });

    it.each([
      ['image without any', { type: 'image', text: 'look' }, 'VALIDATION_FAILED'],
      ['file with an empty list', { type: 'file', text: 'look', attachments: [] }, 'VALIDATION_FAILED'],
      [
        'image with another file among them',
        { type: 'image', text: '', attachments: [file(), pdf] },
        'VALIDATION_FAILED',
      ],
      ['text', { type: 'text', text: 'look', attachments: [file()] }, 'VALIDATION_FAILED'],
      ['system', { type: 'system', text: 'order shipped' }, 'VALIDATION_FAILED'],
      ['text without a text', { type: 'text', text: ' ' }, 'MESSAGE_EMPTY'],
      ['empty text and an empty list', { text: '', attachments: [] }, 'MESSAGE_EMPTY'],
    ] as const)('is no %s', async (_case, body, code) => {
      const { buyer, chatId } = await joinedPair(chat);
      expectRefusal(await buyer.failure('message:send', { chatId, ...body }), code);
    });
  });
}
