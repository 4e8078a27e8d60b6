import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toChatError, validationFailure } from '../../../src/commands/failure.js';
import { ChatError, errorCodes, Failure } from '../../../src/contract/index.js';

function issuesOf(schema: z.ZodType, value: unknown): z.ZodError {
  const { error } = schema.safeParse(value);
  if (error === undefined) {
    throw new Error('the value fits the schema');
  }
  return error;
}

describe('what a client is told about a payload that does not fit', () => {
  it('names the place and the reason of the first, and lists the others in details', () => {
    const schema = z.object({ chat: z.object({ id: z.string() }), limit: z.int() });
    const failure = validationFailure(issuesOf(schema, { chat: {}, limit: 'ten' }), 'join chat');

    expect(failure.code).toBe('VALIDATION_FAILED');
    expect(failure.message).toMatch(/^unable to join chat; chat\.id: /);
    expect(failure.details).toEqual([
      { path: 'chat.id', message: expect.any(String) },
      { path: 'limit', message: expect.any(String) },
    ]);
  });

  it('speaks of the payload where the whole of it is wrong', () => {
    expect(validationFailure(issuesOf(z.object({}), null), 'join chat').message).toMatch(
      /^unable to join chat; the payload: /,
    );
  });

  it('lists ten places at most, however many are wrong', () => {
    const failure = validationFailure(issuesOf(z.array(z.string()), Array(1_000).fill(1)), 'list online users');
    expect(failure.details).toHaveLength(10);
  });

  it('repeats no value: it may be a message or a token', () => {
    const schema = z.object({ token: z.string().max(3), chatId: z.uuid(), count: z.int().max(3) });
    const failure = validationFailure(
      issuesOf(schema, { token: 'a secret token', chatId: 'a secret chat', count: 777_777 }),
      'refresh token',
    );
    expect(JSON.stringify(failure.toFailure())).not.toMatch(/secret|777/);
  });
});

describe('what a client is told about a chat id that can be no id', () => {
  const schema = z.object({ chatId: z.uuid().toLowerCase(), limit: z.int().optional() });

  it('is what he is told about every chat that is not his', () => {
    expect(validationFailure(issuesOf(schema, { chatId: 'no uuid' }), 'join chat')).toEqual(
      ChatError.chatNotFound('join chat'),
    );
  });

  it.each([
    ['is no text', { chatId: 7 }],
    ['is missing', {}],
    ['is not all that is wrong', { chatId: 'no uuid', limit: 'ten' }],
  ])('is that the payload does not fit, when the id %s', (_case, payload) => {
    expect(validationFailure(issuesOf(schema, payload), 'join chat').code).toBe('VALIDATION_FAILED');
  });

  it('is that the payload does not fit, when the chat is one of a list, or the id is of something else', () => {
    const list = z.object({ chats: z.array(schema) });
    expect(validationFailure(issuesOf(list, { chats: [{ chatId: 'no uuid' }] }), 'sync chats')).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ path: 'chats.0.chatId' }],
    });
    const message = z.object({ messageId: z.uuid() });
    expect(validationFailure(issuesOf(message, { messageId: 'no uuid' }), 'edit message').code).toBe(
      'VALIDATION_FAILED',
    );
  });
});

describe('what a client is told about what a handler threw', () => {
  it('is a chat error as it stands', () => {
    const error = new ChatError('CHAT_NOT_FOUND', 'join chat', 'no chat of yours has this id');
    expect(toChatError(error, 'join chat')).toBe(error);
  });

  it.each([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a server that shuts down', Object.assign(new Error('terminating'), { code: '57P01' })],
  ])('is UNAVAILABLE for %s to the database', (_case, error) => {
    expect(toChatError(error, 'join chat')).toMatchObject({ code: 'UNAVAILABLE', cause: error });
  });

  it.each([
    ['an unforeseen error', new TypeError('x is not a function')],
    ['text', 'a secret'],
    ['undefined', undefined],
    ['null', null],
    ['a statement that the database refuses', Object.assign(new Error('check violated'), { code: '23514' })],
  ])('is INTERNAL for %s, whose inside stays inside', (_case, thrown) => {
    const error = toChatError(thrown, 'join chat');

    expect(error.cause).toBe(thrown);
    expect(error.toFailure()).toEqual({
      code: 'INTERNAL',
      message: 'unable to join chat; the service failed; the failure is logged',
      retryable: true,
    });
  });

  it('fits the contract for every code', () => {
    for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
      const failure = new ChatError(code, 'do this', 'because', { retryAfterMs: 5, cause: new Error('x') }).toFailure();
      expect(Failure.parse(failure)).toEqual(failure);
    }
  });
});
