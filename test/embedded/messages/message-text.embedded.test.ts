import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair, type Pair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

describe('the text of a message', () => {
  let chat: TestChat;
  let pair: Pair;

  beforeAll(async () => {
    chat = await TestChat.start({ env: { ...UNLIMITED, MESSAGE_MAX_LENGTH: '20' } });
    pair = await joinedPair(chat);
  });
  afterAll(() => chat.stop());

  const send = (text: unknown) => pair.buyer.failure('message:send', { chatId: pair.chatId, text });

  it.each([
    ['Latin and Cyrillic', 'Ещё есть? Grüße'],
    ['right to left', 'שלום — مرحبا'],
    ['with direction marks', '\u202babc\u202c\u200f'],
    ['composed emoji', '👩‍👩‍👧‍👦 👋🏽 🇺🇦'],
    ['combining characters', 'é e\u0301 \u0e01\u0e33'],
    ['line breaks and tabs', 'one\r\ntwo\n\tthree'],
    ['white space around', '  as it was  '],
    ['markup and quotes', '<b>\'"`\\</b>%s{{x}}'],
    ['control characters but NUL', 'a\u0001\u001b\u007f\u2028b'],
    ['the name of a prototype', '__proto__'],
  ])('arrives and is kept as it was sent: %s', async (_, text) => {
    const { buyer, seller, chatId } = pair;
    const sent = await buyer.get('message:send', { chatId, text });

    expect(sent.text).toBe(text);
    expect(await seller.event('message:new', ({ id }) => id === sent.id)).toEqual(sent);
    expect((await seller.get('chat:history', { chatId, limit: 1 })).messages).toEqual([sent]);
  });

  it.each([
    ['empty', ''],
    ['a blank', ' '],
    ['line breaks', '\n\r\n\t'],
    ['a no-break space', '\u00a0'],
    ['blanks of other scripts', '\u3000\u2003\ufeff'],
  ])('is more than %s', async (_, text) => {
    expectRefusal(await send(text), 'MESSAGE_EMPTY');
  });

  it('may be exactly as long as allowed, in characters rather than bytes', async () => {
    for (const text of ['x'.repeat(20), '👋'.repeat(20), 'я'.repeat(20)]) {
      expect((await pair.buyer.get('message:send', { chatId: pair.chatId, text })).text).toBe(text);
    }
  });

  it('is not longer by one character', async () => {
    for (const text of ['x'.repeat(21), '👋'.repeat(21), `${'x'.repeat(20)} `]) {
      const failure = await send(text);
      expectRefusal(failure, 'MESSAGE_TOO_LONG');
      expect(failure.details).toEqual({ maxLength: 20 });
    }
  });

  it.each([
    ['a NUL character', 'a\u0000b'],
    ['a lone surrogate', 'a\ud83d'],
    ['a lone surrogate, the other half', '\udc4b'],
    ['missing', undefined],
    ['null', null],
    ['a number', 7],
    ['a list', ['text']],
    ['an object', { text: { text: { text: 'deep' } } }],
  ])('is not %s', async (_, text) => {
    const failure = await send(text);
    expectRefusal(failure, 'VALIDATION_FAILED');
    expect(failure.details).toEqual([expect.objectContaining({ path: 'text' })]);
  });

  it('never shows up in an error about it', async () => {
    for (const text of ['secret \u0000', 'secret \ud800', 'secret '.repeat(100)]) {
      expect(JSON.stringify(await send(text))).not.toContain('secret');
    }
  });

  it('that was refused leaves no number behind', async () => {
    const { buyer, chatId } = pair;
    const { messages } = await buyer.get('chat:history', { chatId, limit: 200 });
    await send('');
    await send('a\u0000b');
    await send('x'.repeat(21));
    const next = await buyer.get('message:send', { chatId, text: 'next' });
    expect(next.seq).toBe(messages.length + 1);
  });

  it.each([
    ['productId', 'a\u0000b'],
    ['productId', 1.5],
    ['productId', -1],
    ['productId', { id: 1 }],
    ['clientMessageId', 'a\u0000b'],
    ['clientMessageId', ''],
    ['clientMessageId', 'k'.repeat(129)],
    ['clientMessageId', 7],
  ])('does not help a bad %s: %j', async (key, value) => {
    const failure = await pair.buyer.failure('message:send', { chatId: pair.chatId, text: 'fine', [key]: value });
    expectRefusal(failure, 'VALIDATION_FAILED');
    expect(failure.details).toEqual([expect.objectContaining({ path: key })]);
  });
});
