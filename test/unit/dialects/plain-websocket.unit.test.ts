import { describe, expect, it } from 'vitest';
import { ChatError, type ErrorCode, type EventName, errorCodes, events } from '../../../src/contract/index.js';
import type { AnyEvent, Facts, Spoken } from '../../../src/dialects/dialect.js';
import { messageNumber } from '../../../src/dialects/message-number.js';
import { closeCodeFor } from '../../../src/dialects/plain-websocket/close-codes.js';
import { plainWebSocket } from '../../../src/dialects/plain-websocket/plain-websocket.js';
import { saying } from '../../../src/dialects/vocabulary.js';
import { CHAT_ID, everyEvent, joinedChat, message } from '../../support/dialects/every-event.js';
import { callOf, heeded, silence, speaker } from '../../support/dialects/map-probe.js';

const CHAT_NUMBER = 42;
const MESSAGE_NUMBER = messageNumber(CHAT_NUMBER, message.seq);

const facts: Facts = {
  chatNumber: (chatId) => (chatId === CHAT_ID ? CHAT_NUMBER : Number.NaN),
  profile: (userId) =>
    userId === 123 ? { username: 'john_doe', firstName: 'John', lastName: null, avatarUrl: null, role: 'buyer' } : null,
};

const spoken = (event: string, ...args: unknown[]): readonly Spoken[] => [{ event, args }];
const frame = (content: object): readonly Spoken[] => spoken('frame', content);
const john = { id: 123, username: 'john_doe', first_name: 'John', last_name: '' };
const data = {
  id: MESSAGE_NUMBER,
  text: 'Is it still there?',
  sender: john,
  timestamp: message.createdAt,
  is_edited: false,
  is_deleted: false,
};
const typing = { type: 'typing', user_id: 123, username: 'john_doe' };

/** How each event is heard; `silent` where its clients are not told. */
const heard: { readonly [E in EventName]: readonly Spoken[] | 'silent' } = {
  'connection:success': 'silent',
  'message:new': frame({ type: 'message', data }),
  'message:notification': 'silent',
  'message:updated': frame({ type: 'message', data: { ...data, text: 'Is it sold?', is_edited: true } }),
  'message:deleted': frame({ type: 'message', data: { ...data, text: '', is_deleted: true } }),
  'message:reaction': 'silent',
  // Nothing is known of this user but his id.
  'message:read': frame({ type: 'messages_read', user_id: 'seller-1', username: 'seller-1' }),
  'message:delivered': 'silent',
  'typing:start': frame({ ...typing, is_typing: true }),
  'typing:stop': frame({ ...typing, is_typing: false }),
  'user:online': 'silent',
  'user:offline': 'silent',
  'users:online': 'silent',
  'chat:created': 'silent',
  'chat:updated': 'silent',
  'chat:settings': 'silent',
  'chat:removed': spoken('close', CHAT_ID, 4403, expect.any(String)),
  'chat:closed': 'silent',
  'chat:reopened': 'silent',
  'status:updated': 'silent',
  'user:blocked': 'silent',
  'user:unblocked': 'silent',
  'auth:error': spoken('close', null, 4401, 'unable to connect; the token is refused'),
  'auth:token-expired': spoken('farewell', 4408, expect.any(String)),
  error: frame({ type: 'error', message: 'unable to run command; it may not be' }),
  'sync:required': spoken('closeWithin', 2_000, 1012, expect.any(String)),
  'server:draining': spoken('farewell', 1012, expect.any(String)),
};

function say(event: AnyEvent): readonly Spoken[] {
  return saying(plainWebSocket.vocabulary, event, facts);
}

function readFrame(content: unknown, joined: readonly string[] = [CHAT_ID]) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return plainWebSocket.read('frame', [text], speaker(joined));
}

const errorFrame = (text: unknown) => ({ kind: 'say', words: frame({ type: 'error', message: text }) });

describe('what clients of plain-websocket hear', () => {
  it.each(Object.keys(events) as EventName[])('%s is said, or its silence has a reason', (name) => {
    const words = say({ name, payload: everyEvent[name] } as AnyEvent);
    if (heard[name] === 'silent') {
      expect(words).toEqual([]);
      expect(silence(plainWebSocket, name)).toMatch(/\w+ \w+/);
    } else {
      expect(words).toEqual(heard[name]);
    }
  });

  it('files are told by their addresses, a line each', () => {
    const file = (name: string) => ({ url: `https://files.example/${name}`, name, mimeType: 'image/png', size: 1 });
    const attachments = [file('a.png'), file('b.png')];
    const textOf = (text: string) =>
      say({ name: 'message:new', payload: { ...message, type: 'image', text, attachments } })[0]?.args[0];

    expect(textOf('Look')).toMatchObject({
      data: { text: 'Look\nhttps://files.example/a.png\nhttps://files.example/b.png' },
    });
    expect(textOf('')).toMatchObject({ data: { text: 'https://files.example/a.png\nhttps://files.example/b.png' } });
  });

  it('the marketplace itself is a sender without an id', () => {
    const [words] = say({ name: 'message:new', payload: { ...message, senderId: null } });
    expect(words?.args[0]).toMatchObject({
      data: { sender: { id: null, username: 'system', first_name: '', last_name: '' } },
    });
  });

  it('events of other chats are not meant for a connection, but for a removal, which names its chat', () => {
    const hears = (event: AnyEvent, joined: readonly string[]) => plainWebSocket.hears?.(event, speaker(joined));
    for (const name of Object.keys(events) as EventName[]) {
      const event = { name, payload: everyEvent[name] } as AnyEvent;
      expect(hears(event, [CHAT_ID])).toBe(true);
      expect(hears(event, ['another chat'])).toBe(!('chatId' in event.payload) || name === 'chat:removed');
    }
  });
});

describe('what clients of plain-websocket say', () => {
  it.each([
    [7, 7],
    ['7', 7],
    [CHAT_ID, CHAT_ID],
  ])('coming for chat %s joins it, and is confirmed with its integer', (chat, chatId) => {
    const call = callOf(plainWebSocket.read('join', [chat], speaker()), 'chat:join');

    expect(call.payload).toMatchObject({ chatId });
    expect(call.answered({ ...joinedChat, chat: { ...joinedChat.chat, id: CHAT_ID } }, facts)).toEqual(
      spoken('opened', CHAT_ID, {
        type: 'connection_established',
        message: 'Successfully connected to chat',
        chat_id: CHAT_NUMBER,
      }),
    );
  });

  it.each(Object.keys(errorCodes) as ErrorCode[])(
    'a chat that cannot be joined for %s closes the connection',
    (code) => {
      const { failed } = callOf(plainWebSocket.read('join', [7], speaker()), 'chat:join');
      const error = new ChatError(code, 'join chat', 'it cannot be');

      expect(failed(error)).toEqual(spoken('close', null, closeCodeFor(code), error.message));
      // Whoever only has to try again must not take it for a closed door, nor the other way round.
      const retryable = errorCodes[code].retryable;
      expect(closeCodeFor(code) === 1013).toBe(retryable || !/^(TOKEN|CHAT_NOT_FOUND|VALIDATION)/.test(code));
    },
  );

  it('a message is sent to the chat of the connection, whatever else the frame holds', () => {
    const call = callOf(
      readFrame({ type: 'message', text: 'Hello', chatId: 'another', senderId: 1, clientMessageId: 'x', replyTo: 'y' }),
      'message:send',
    );
    expect(heeded(call)).toEqual({ chatId: CHAT_ID, text: 'Hello' });
    expect(call.answered(message, facts)).toEqual([]);
  });

  it.each([[{ type: 'message' }], [{ type: 'message', text: null }]])('%o is an empty message', (sent) => {
    const call = callOf(readFrame(sent), 'message:send');
    expect(heeded(call).text).toBe('');
    expect(call.failed(new ChatError('MESSAGE_EMPTY', 'send message', 'the text is empty'))).toEqual(
      frame({ type: 'error', message: 'Message text cannot be empty' }),
    );
  });

  it('the dialect’s own limit has its own sentence, the deployment’s the canonical one', () => {
    const { failed } = callOf(readFrame({ type: 'message', text: 'Hello' }), 'message:send');
    const limited = (details?: object) =>
      failed(new ChatError('RATE_LIMITED', 'send message', 'too many', { details }));
    const { messagesPerMinute } = plainWebSocket;
    expect(limited({ messagesPerMinute })).toEqual(
      frame({ type: 'error', message: 'Too many messages: no more than 10 per minute' }),
    );
    expect(limited()).toEqual(frame({ type: 'error', message: 'unable to send message; too many' }));
  });

  it('a text has at most 1,000 characters, however many units those take', () => {
    const sent = (text: string) => readFrame({ type: 'message', text });
    expect(heeded(callOf(sent('😀'.repeat(1_000)), 'message:send')).text).toHaveLength(2_000);
    expect(sent('x'.repeat(1_001))).toEqual(
      errorFrame('unable to send message; the text is longer than 1000 characters; shorten it'),
    );
    expect(sent('😀'.repeat(1_001))).toEqual(errorFrame(expect.stringContaining('longer than 1000')));
  });

  it.each([
    [{ type: 'typing', is_typing: true }, 'typing:start'],
    [{ type: 'typing', is_typing: false }, 'typing:stop'],
    [{ type: 'typing' }, 'typing:stop'],
    [{ type: 'typing', is_typing: 'yes' }, 'typing:stop'],
    [{ type: 'read_messages' }, 'message:read'],
  ] as const)('%o is %s, and shows in what the others hear', (sent, command) => {
    const call = callOf(readFrame(sent), command);
    expect(heeded(call)).toEqual({ chatId: CHAT_ID });
    expect(call.failed(new ChatError('RATE_LIMITED', 'do it', 'too many'))).toEqual(
      frame({ type: 'error', message: 'unable to do it; too many' }),
    );
  });

  it.each(['', '{', 'null', '[]', '[{"type":"message"}]', '1', '"message"', '{"type":"message"}}', 'NaN'])(
    '%s is no JSON object',
    (text) => {
      expect(readFrame(text)).toEqual(errorFrame('Invalid JSON format'));
    },
  );

  it('a binary frame is none either', () => {
    expect(plainWebSocket.read('frame', [null], speaker([CHAT_ID]))).toEqual(errorFrame('Invalid JSON format'));
  });

  it.each([
    ['invalid_type', 'invalid_type'],
    ['connection_established', 'connection_established'],
    ['__proto__', '__proto__'],
    ['', ''],
    [undefined, 'none'],
    [null, 'none'],
    [{ a: 1 }, 'none'],
    ['x'.repeat(101), `${'x'.repeat(100)}…`],
    [`${'x'.repeat(99)}😀`, `${'x'.repeat(99)}\ufffd…`],
  ])('the type %o is unknown', (type, named) => {
    expect(readFrame({ type })).toEqual(errorFrame(`Unknown message type: ${named}`));
  });

  it('nothing is heard of who is in the chat no more: the connection ends', () => {
    const goodbye = spoken('close', null, 4403, expect.any(String));
    expect(readFrame({ type: 'message', text: 'Hello' }, [])).toEqual({ kind: 'say', words: goodbye });
    const { failed } = callOf(readFrame({ type: 'read_messages' }), 'message:read');
    expect(failed(ChatError.chatNotFound('mark as read'))).toEqual([
      ...frame({ type: 'error', message: 'unable to mark as read; no chat of yours has this id' }),
      ...goodbye,
    ]);
  });
});
