import { describe, expect, it } from 'vitest';
import { ChatError, type EventName, events } from '../../../src/contract/index.js';
import type { Spoken } from '../../../src/dialects/dialect.js';
import { live } from '../../../src/dialects/live/live.js';
import { CHAT_ID, everyEvent, group, joinedChat, MESSAGE_ID, message } from '../../support/dialects/every-event.js';
import { answerTo, callAfter, callOf, heeded, one, said, silence, speaker } from '../../support/dialects/map-probe.js';

const AT = message.createdAt;
const OTHER_CHAT_ID = '0198c0de-0000-7000-8000-00000000000b';
const liveMessage = {
  id: MESSAGE_ID,
  roomId: CHAT_ID,
  seq: 7,
  senderId: 123,
  type: 'text',
  content: 'Is it still there?',
  attachments: [],
  replyTo: null,
  timestamp: AT,
  editedAt: null,
  deletedAt: null,
};
const liveRoom = { roomId: CHAT_ID, name: 'Delivery', type: 'group', createdAt: AT };

function notice(type: string, data: object): readonly Spoken[] {
  return one('system:notification', { type, message: expect.stringMatching(/\w/), data });
}

/** How each event is heard; `silent` where its clients are not told. */
const heard: { readonly [E in EventName]: readonly Spoken[] | 'silent' } = {
  'connection:success': 'silent',
  'message:new': one('chat:message', liveMessage),
  'message:notification': notice('new_message', {
    roomId: CHAT_ID,
    message: liveMessage,
    unreadCount: 3,
    isMuted: false,
  }),
  'message:updated': notice('message_edited', { ...liveMessage, content: 'Is it sold?', editedAt: AT }),
  'message:deleted': notice('message_deleted', { ...liveMessage, content: '', deletedAt: AT }),
  'message:reaction': 'silent',
  'message:read': 'silent',
  'message:delivered': 'silent',
  'typing:start': one('status:typing', { roomId: CHAT_ID, userId: 123, isTyping: true }),
  'typing:stop': one('status:typing', { roomId: CHAT_ID, userId: 123, isTyping: false }),
  'user:online': one('status:online', { userId: 123, isOnline: true }),
  'user:offline': one('status:offline', { userId: 123, isOnline: false, lastSeenAt: AT }),
  'users:online': 'silent',
  'chat:created': one('chat:room:created', { roomId: CHAT_ID, name: null, type: 'direct', createdAt: AT }),
  'chat:updated': notice('room_updated', liveRoom),
  'chat:settings': 'silent',
  'chat:removed': one('chat:room:left', { roomId: CHAT_ID, by: 'owner-1' }),
  'chat:closed': notice('room_closed', { roomId: CHAT_ID }),
  'chat:reopened': notice('room_reopened', { roomId: CHAT_ID }),
  'status:updated': notice('status_updated', { isOnline: false }),
  'user:blocked': 'silent',
  'user:unblocked': 'silent',
  'auth:error': one('system:error', { message: 'unable to connect; the token is refused', code: 'TOKEN_INVALID' }),
  'auth:token-expired': one('system:error', { message: 'Token expired', code: 'TOKEN_EXPIRED' }),
  error: one('system:error', { message: 'unable to run command; it may not be', code: 'FORBIDDEN' }),
  'sync:required': notice('sync_required', { spreadMs: 2_000 }),
  'server:draining': notice('server_draining', { reconnectInMs: 500 }),
};

const eventNames = Object.keys(events) as EventName[];

describe('what clients of live hear', () => {
  it.each(eventNames)('%s is said, or its silence has a reason', (name) => {
    const words = said(live, name, everyEvent[name]);
    if (heard[name] === 'silent') {
      expect(words).toEqual([]);
      expect(silence(live, name)).toMatch(/\w+ \w+/);
    } else {
      expect(words).toEqual(heard[name]);
    }
  });

  it('the refusal of an expired token is told once, though the service says it twice', () => {
    const expired = { error: 'Token expired', code: 'TOKEN_EXPIRED' } as const;
    expect([...said(live, 'auth:token-expired', expired), ...said(live, 'auth:error', expired)]).toHaveLength(1);
  });
});

describe('what clients of live say', () => {
  it('auth:login hands over the token, and is answered by a notification', () => {
    const login = live.read('auth:login', [{ token: 'a-token', userType: 'user' }], { ...speaker(), userId: null });
    if (login.kind !== 'login') {
      throw new Error(`auth:login is a ${login.kind}`);
    }
    expect(login.token).toBe('a-token');
    expect(login.welcomed(123)).toEqual(notice('authenticated', { userId: 123 }));
    expect(login.failed(new ChatError('TOKEN_INVALID', 'connect', 'no'))).toEqual(
      one('system:error', { message: 'unable to connect; no', code: 'TOKEN_INVALID' }),
    );
  });

  it('auth:logout says farewell', () => {
    expect(live.read('auth:logout', [], speaker())).toEqual({ kind: 'logout', words: notice('logged_out', {}) });
  });

  it('chat:message goes to the room that it names, joined or not', () => {
    const meaning = live.read(
      'chat:message',
      [{ content: 'Hello, world!', roomId: CHAT_ID }],
      speaker([OTHER_CHAT_ID]),
    );
    expect(heeded(callOf(meaning, 'message:send'))).toEqual({ chatId: CHAT_ID, text: 'Hello, world!' });
  });

  it.each([{ content: 'Hello' }, { content: 'Hello', roomId: null }])(
    'chat:message without a room goes to the one that is joined: %j',
    (sent) => {
      const meaning = live.read('chat:message', [sent], speaker([CHAT_ID]));
      expect(heeded(callOf(meaning, 'message:send'))).toEqual({ chatId: CHAT_ID, text: 'Hello' });
    },
  );

  it.each([
    { joined: [], reason: 'no room is joined' },
    { joined: [CHAT_ID, OTHER_CHAT_ID], reason: 'several rooms are joined' },
  ])('chat:message without a room goes nowhere where $reason', ({ joined, reason }) => {
    expect(live.read('chat:message', [{ content: 'Hello' }], speaker(joined))).toMatchObject({
      kind: 'say',
      words: one('system:error', {
        message: `unable to send message; ${reason}, and roomId names none`,
        code: 'VALIDATION_FAILED',
      }),
      error: { code: 'VALIDATION_FAILED' },
    });
  });

  it('chat:room:create opens a group, and joins it', () => {
    const sent = { name: 'Support Room', participants: ['user1', 'user2'] };
    const create = callOf(live.read('chat:room:create', [sent], speaker()), 'chat:create');
    expect(heeded(create)).toEqual({ type: 'group', name: 'Support Room', userIds: ['user1', 'user2'] });
    const join = callAfter(create, group, 'chat:join');
    expect(heeded(join)).toMatchObject({ chatId: CHAT_ID });
    expect(answerTo(join, joinedChat)).toMatchObject([{ event: 'chat:room:joined' }]);
  });

  it('chat:room:join takes a bare id, and answers with the room', () => {
    const join = callOf(live.read('chat:room:join', [CHAT_ID], speaker()), 'chat:join');
    expect(heeded(join)).toMatchObject({ chatId: CHAT_ID });
    expect(answerTo(join, joinedChat)).toEqual(
      one('chat:room:joined', {
        ...liveRoom,
        participants: [
          { userId: 123, role: 'owner', isOnline: true },
          { userId: 'user2', role: 'member', isOnline: false },
          { userId: 'user3', role: 'member', isOnline: true },
        ],
        messages: [liveMessage],
        typing: ['user3'],
      }),
    );
  });

  it('chat:room:leave takes a bare id, and is confirmed', () => {
    const leave = callOf(live.read('chat:room:leave', [CHAT_ID], speaker()), 'chat:leave');
    expect(heeded(leave)).toEqual({ chatId: CHAT_ID });
    expect(answerTo(leave, null)).toEqual(one('chat:room:left', { roomId: CHAT_ID }));
  });

  it('status:typing starts and stops', () => {
    const start = live.read('status:typing', [{ roomId: CHAT_ID, isTyping: true }], speaker());
    const stop = live.read('status:typing', [{ roomId: CHAT_ID, isTyping: false }], speaker());
    expect(heeded(callOf(start, 'typing:start'))).toEqual({ chatId: CHAT_ID });
    expect(heeded(callOf(stop, 'typing:stop'))).toEqual({ chatId: CHAT_ID });
  });

  it.each(['chat:room:create', 'chat:room:join', 'chat:room:leave', 'chat:message', 'status:typing'])(
    'a failure of %s is a system:error',
    (event) => {
      const meaning = live.read(event, [{ roomId: CHAT_ID }], speaker());
      expect(meaning.kind === 'call' && meaning.call.failed(ChatError.chatNotFound('do it'))).toEqual(
        one('system:error', { message: 'unable to do it; no chat of yours has this id', code: 'CHAT_NOT_FOUND' }),
      );
    },
  );

  it.each(['message:send', 'constructor', '__proto__', ''])('%j is no word of it', (event) => {
    expect(live.read(event, [{}], speaker())).toMatchObject({
      kind: 'say',
      words: one('system:error', {
        message: 'unable to run command; this dialect has no event of this name',
        code: 'UNKNOWN_EVENT',
      }),
    });
  });

  it.each([[[]], [[null]], [[42]], [[{}]]])('an id of %j is left to the command, which refuses it', (args) => {
    const join = callOf(live.read('chat:room:join', args, speaker()), 'chat:join');
    expect(() => heeded(join)).toThrow(/chatId/);
  });
});
