import { describe, expect, it } from 'vitest';
import { ChatError, type CommandData, type EventName, events } from '../../../src/contract/index.js';
import { conversations } from '../../../src/dialects/conversations/conversations.js';
import type { AnyEvent, Facts, Inquiry, Spoken } from '../../../src/dialects/dialect.js';
import { messageNumber } from '../../../src/dialects/message-number.js';
import { CHAT_ID, directChat, everyEvent, group, joinedChat, message } from '../../support/dialects/every-event.js';
import {
  answerTo,
  callAfter,
  callOf,
  heeded,
  OWN_KEY,
  one,
  said,
  silence,
  speaker,
} from '../../support/dialects/map-probe.js';

const AT = message.createdAt;
const CONVERSATION = 3;
/** Of the message with seq 7. */
const MESSAGE = messageNumber(CONVERSATION, 7);
const ELSEWHERE = messageNumber(CONVERSATION + 1, 7);

const john = {
  username: 'john_doe',
  firstName: 'John',
  lastName: 'Doe',
  avatarUrl: 'https://a.example/j',
  role: 'brand',
};
const facts: Facts = {
  chatNumber: (chatId) => (chatId === CHAT_ID ? CONVERSATION : Number.NaN),
  profile: (userId) => (userId === 123 ? john : null),
};

const johnAsUser = { userId: 123, userType: 'brand' };
const shownMessage = {
  id: MESSAGE,
  conversationId: CONVERSATION,
  sender: { id: 123, username: 'john_doe', firstName: 'John', lastName: 'Doe', profileImage: 'https://a.example/j' },
  senderType: 'brand',
  messageType: 'text',
  content: 'Is it still there?',
  createdAt: AT,
  attachmentUrl: null,
  attachmentName: null,
  attachments: [],
  productId: 1001,
  editedAt: null,
  deletedAt: null,
};
const newMessage = { ...shownMessage, isRead: false };
const conversation = { id: CONVERSATION, productId: 1001, createdAt: AT };
const room = { conversationId: CONVERSATION, room: 'conversation:3' };

/** How each event is heard; `silent` where its clients are not told. */
const heard: { readonly [E in EventName]: readonly Spoken[] | 'silent' } = {
  'connection:success': one('connection:success', { ...johnAsUser, socketId: 'socket-1' }),
  'message:new': one('message:new', newMessage),
  'message:notification': one('message:notification', {
    conversationId: CONVERSATION,
    message: newMessage,
    unreadCount: 3,
    muted: false,
  }),
  'message:updated': one('message:updated', { ...shownMessage, content: 'Is it sold?', editedAt: AT }),
  'message:deleted': one('message:deleted', { ...shownMessage, content: '', deletedAt: AT }),
  'message:reaction': one('message:reaction', {
    conversationId: CONVERSATION,
    messageId: MESSAGE,
    user: johnAsUser,
    emoji: '👍',
    added: true,
    reactions: [{ emoji: '👍', userIds: [123] }],
  }),
  'message:read': one('message:read', {
    conversationId: CONVERSATION,
    messageId: MESSAGE,
    readBy: { userId: 'seller-1', userType: null },
  }),
  'message:delivered': 'silent',
  'typing:start': one('typing:start', { conversationId: CONVERSATION, user: johnAsUser }),
  'typing:stop': one('typing:stop', { conversationId: CONVERSATION, user: johnAsUser }),
  'user:online': one('user:online', johnAsUser),
  'user:offline': one('user:offline', { ...johnAsUser, lastSeenAt: AT }),
  'users:online': 'silent',
  'chat:created': one('conversation:created', { ...conversation, type: 'direct', name: null }),
  'chat:updated': one('conversation:updated', { ...conversation, type: 'group', name: 'Delivery', productId: null }),
  'chat:settings': 'silent',
  'chat:removed': one('conversation:left', room),
  'chat:closed': one('conversation:closed', { conversationId: room.conversationId }),
  'chat:reopened': one('conversation:reopened', { conversationId: room.conversationId }),
  'status:updated': 'silent',
  'user:blocked': 'silent',
  'user:unblocked': 'silent',
  'auth:error': one('error', {
    code: 'TOKEN_INVALID',
    message: 'unable to connect; the token is refused',
    event: 'connect',
  }),
  'auth:token-expired': one('auth:token-expired', { error: 'Token expired', code: 'TOKEN_EXPIRED' }),
  error: one('error', { code: 'FORBIDDEN', message: 'unable to run command; it may not be', event: 'some:event' }),
  'sync:required': one('sync:required', { spreadMs: 2_000 }),
  'server:draining': one('server:draining', { reconnectInMs: 500 }),
};

const eventNames = Object.keys(events) as EventName[];

describe('what clients of conversations hear', () => {
  it.each(eventNames)('of %s', (name) => {
    const words = heard[name];
    if (words === 'silent') {
      expect(silence(conversations, name)).toMatch(/\w/);
    } else {
      expect(silence(conversations, name)).toBeNull();
      expect(said(conversations, name, everyEvent[name] as never, facts)).toEqual(words);
    }
  });

  it('of a message with files: the first as the attachment, all in the list', () => {
    const [photo, plan] = ['photo.jpg', 'plan.pdf'].map((name) => ({
      url: `https://files.example/${name}`,
      name,
      size: 10,
      mimeType: 'text/plain',
    }));
    const [
      {
        args: [shown],
      } = { args: [] },
    ] = said(
      conversations,
      'message:new',
      { ...message, type: 'file', attachments: [photo, plan].filter((file) => file !== undefined) },
      facts,
    );
    expect(shown).toMatchObject({
      messageType: 'file',
      attachmentUrl: 'https://files.example/photo.jpg',
      attachmentName: 'photo.jpg',
      attachments: [
        { url: 'https://files.example/photo.jpg', name: 'photo.jpg' },
        { url: 'https://files.example/plan.pdf', name: 'plan.pdf' },
      ],
    });
  });

  it('of the marketplace itself: a sender without a name, but a sender', () => {
    const [words] = said(conversations, 'message:new', { ...message, type: 'system', senderId: null }, facts);
    expect(words?.args[0]).toMatchObject({
      sender: { id: null, username: null, firstName: null, lastName: null, profileImage: null },
      senderType: null,
      messageType: 'system',
    });
  });

  it('of their own message: no more than the answer, where they show it already', () => {
    const event = (clientMessageId: string): AnyEvent => ({
      name: 'message:new',
      payload: { ...message, clientMessageId },
    });
    expect(conversations.hears?.(event(OWN_KEY), speaker())).toBe(false);
    expect(conversations.hears?.(event('another'), speaker())).toBe(true);
    const copied: AnyEvent = { name: 'message:new', payload: { ...message, senderId: 124, clientMessageId: OWN_KEY } };
    expect(conversations.hears?.(copied, speaker())).toBe(true);
    const plain = callOf(read('message:send', { conversationId: CHAT_ID, content: 'Hello!' }), 'message:send');
    expect(plain.payload).not.toHaveProperty('clientMessageId');
  });

  it.each([
    ['the mark of another member of a joined conversation', [CHAT_ID], 'seller-1', true],
    ['none of a conversation that is not joined', [], 'seller-1', false],
    ['none of their own, from another device', [CHAT_ID], 123, false],
  ])('of reading: %s', (_, joined, userId, hears) => {
    const event: AnyEvent = { name: 'message:read', payload: { chatId: CHAT_ID, userId, seq: 7 } };
    expect(conversations.hears?.(event, speaker(joined))).toBe(hears);
  });
});

function read(event: string, ...args: unknown[]) {
  return conversations.read(event, args, speaker());
}

describe('what clients of conversations say', () => {
  it('joins, and is told the room', () => {
    const call = callOf(read('conversation:join', { conversationId: CONVERSATION }), 'chat:join');
    expect(call.payload).toMatchObject({ chatId: CONVERSATION });
    expect(answerTo(call, joinedChat, facts)).toEqual(one('conversation:joined', room));
  });

  it('leaves, and is told the room', () => {
    const call = callOf(read('conversation:leave', { conversationId: CONVERSATION }), 'chat:leave');
    expect(call.payload).toEqual({ chatId: CONVERSATION });
    expect(answerTo(call, null)).toEqual(one('conversation:left', room));
  });

  it.each([
    ['an integer', 3, 3],
    ['an integer as text', '3', 3],
    ['a UUID', CHAT_ID, CHAT_ID],
    ['nothing', undefined, undefined],
    ['half a number', 1.5, 1.5],
  ])('names a conversation by %s', (_, conversationId, chatId) => {
    expect(callOf(read('typing:start', { conversationId }), 'typing:start').payload).toEqual({ chatId });
  });

  it('sends, and has its tempId back with the message', () => {
    const sent = { conversationId: CHAT_ID, content: 'Hello!', messageType: 'text', tempId: 1_763_000_000_000 };
    const call = callOf(read('message:send', sent), 'message:send');
    expect(heeded(call)).toEqual({ chatId: CHAT_ID, text: 'Hello!', type: 'text', clientMessageId: OWN_KEY });
    expect(answerTo(call, message, facts)).toEqual(one('message:sent', { tempId: sent.tempId, message: newMessage }));
    const error = new ChatError('MESSAGE_EMPTY', 'send message', 'the text is empty');
    expect(call.failed(error)).toEqual(
      one('message:error', {
        error: 'unable to send message; the text is empty',
        tempId: sent.tempId,
        code: 'MESSAGE_EMPTY',
      }),
    );
  });

  it.each([
    ['text', 'plan.pdf', 'application/pdf', undefined],
    ['file', 'plan.PDF', 'application/pdf', 'file'],
    ['image', 'photo.png', 'image/png', 'image'],
    ['image', 'photo', 'image/jpeg', 'image'],
    ['file', 'archive', 'application/octet-stream', 'file'],
    ['file', 'a.constructor', 'application/octet-stream', 'file'],
    [undefined, 'notes.txt', 'text/plain', undefined],
  ])('sends a %s message with the attachment %s as %s', (messageType, name, mimeType, type) => {
    const attachmentUrl = `https://files.example/${name}`;
    for (const attachmentName of [name, undefined]) {
      const sent = { conversationId: CHAT_ID, content: 'See', messageType, attachmentUrl, attachmentName };
      expect(heeded(callOf(read('message:send', sent), 'message:send'))).toEqual({
        chatId: CHAT_ID,
        text: 'See',
        attachments: [{ url: attachmentUrl, name, mimeType, size: 0 }],
        ...(type === undefined ? {} : { type }),
      });
    }
  });

  it.each([
    ['the name, where the address has no ending', 'file', '/u/6f1', 'plan.pdf', 'plan.pdf', 'application/pdf'],
    ['the address, where the name has none', 'image', '/u/a.png', 'My photo', 'My photo', 'image/png'],
    [
      'the address, where the name has none that is known',
      'image',
      '/u/a.PNG?v=2',
      'v1.final',
      'v1.final',
      'image/png',
    ],
    ['the name before the address', 'file', '/u/a.png', 'plan.pdf', 'plan.pdf', 'application/pdf'],
    ['a date, which is no ending', 'image', '/u/6f1', 'Photo 12.05.2024', 'Photo 12.05.2024', 'image/jpeg'],
    ['a name that is a type', 'file', '/u/pdf', undefined, 'pdf', 'application/octet-stream'],
    ['the path that browsers tell', 'file', '/u/6f1', 'C:\\fakepath\\r.pdf', 'r.pdf', 'application/pdf'],
    ['any other path', 'file', '/u/6f1', '../home/r.pdf', 'r.pdf', 'application/pdf'],
    ['a path without a name', 'file', '/u/r.pdf', 'home/', 'r.pdf', 'application/pdf'],
    ['neither', 'file', '/', '', 'file', 'application/octet-stream'],
  ])('reads what an attachment is off %s', (_, messageType, path, attachmentName, name, mimeType) => {
    const attachmentUrl = `https://files.example${path}`;
    const sent = { conversationId: CHAT_ID, content: 'See', messageType, attachmentUrl, attachmentName };
    expect(heeded(callOf(read('message:send', sent), 'message:send')).attachments).toEqual([
      { url: attachmentUrl, name, mimeType, size: 0 },
    ]);
  });

  it.each([
    ['a.svg', 'image/svg+xml'],
    ['a.bmp', 'image/bmp'],
    ['a.exe', 'image/exe'],
  ])('does not pass the image %s for a JPEG', (attachmentName, mimeType) => {
    for (const attachmentUrl of ['https://files.example/6f1', `https://files.example/${attachmentName}`]) {
      const sent = { conversationId: CHAT_ID, messageType: 'image', attachmentUrl, attachmentName };
      expect(heeded(callOf(read('message:send', sent), 'message:send')).attachments).toMatchObject([{ mimeType }]);
    }
  });

  it('needs no words beside an attachment, and some without', () => {
    const file = { conversationId: CHAT_ID, attachmentUrl: 'https://files.example/a.pdf' };
    for (const content of [undefined, null]) {
      expect(heeded(callOf(read('message:send', { ...file, content }), 'message:send')).text).toBe('');
      const plain = callOf(read('message:send', { conversationId: CHAT_ID, content }), 'message:send');
      expect(() => heeded(plain)).toThrow();
    }
  });

  it('marks as read up to a message, and is told up to which', () => {
    const call = callOf(read('message:read', { conversationId: CONVERSATION, messageId: MESSAGE }), 'message:read');
    expect(call.payload).toEqual({ chatId: CONVERSATION, seq: 7 });
    const marks = { chatId: CHAT_ID, userId: 123, lastReadSeq: 7, lastDeliveredSeq: 7 };
    expect(answerTo(call, marks, facts)).toEqual(
      one('message:read:success', { conversationId: CONVERSATION, messageId: MESSAGE }),
    );
    expect(answerTo(call, { ...marks, lastReadSeq: 0 }, facts)).toEqual(
      one('message:read:success', { conversationId: CONVERSATION, messageId: null }),
    );
  });

  it('marks everything as read without a message', () => {
    expect(callOf(read('message:read', { conversationId: CONVERSATION }), 'message:read').payload).toEqual({
      chatId: CONVERSATION,
    });
  });

  it.each([
    ['of another conversation', ELSEWHERE],
    ['too small for any', 456],
    ['named by the clock', Date.UTC(2026, 0)],
    ['that is none', 'a message'],
  ])('cannot mark up to a message %s', (_, messageId) => {
    expect(read('message:read', { conversationId: CONVERSATION, messageId })).toMatchObject({
      kind: 'say',
      words: one('error', expect.objectContaining({ code: 'MESSAGE_NOT_FOUND', event: 'message:read' })),
      error: expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }),
    });
  });

  it.each([
    [123, [123], 'brand', true],
    ['123', [123], 'brand', true],
    // Seen, but nothing told of; and told of, but not seen: what others are is not told by asking.
    [789, [789], null, true],
    [123, [], null, false],
  ])(
    'asks whether %s is online, of %j, and hears the role that the marketplace tells',
    (userId, online, userType, isOnline) => {
      for (const claimed of ['admin', undefined, { toString: 1 }]) {
        const call = callOf(read('user:check:online', { userId, userType: claimed }), 'users:online');
        expect(heeded(call)).toEqual({ userIds: [String(userId)] });
        expect(answerTo(call, { userIds: online }, facts)).toEqual(
          one('user:online:status', { userId, userType, isOnline }),
        );
      }
    },
  );

  it.each(['sendMessage', 'constructor', 'chat:join'])('is told that there is no %s', (event) => {
    expect(read(event, {})).toMatchObject({
      kind: 'say',
      words: one('error', expect.objectContaining({ code: 'UNKNOWN_EVENT', event })),
    });
  });

  it.each([undefined, null, 'text', 7, [], [[]]])('is understood, though it comes with %j', (sent) => {
    for (const event of [
      'conversation:join',
      'message:send',
      'message:read',
      'user:check:online',
      'auth:refresh-token',
    ]) {
      expect(read(event, sent).kind).toBe('call');
    }
  });
});

describe('conversations over HTTP', () => {
  const create = conversations.routes?.find(({ method, path }) => method === 'POST' && path === '/conversations');

  function pairOf(userId: number | string, body: object): unknown {
    return create?.read({ userId, fields: {}, query: {}, body }).payload;
  }

  it.each([
    [9, 10],
    [9, '10'],
    ['seller-1', 'buyer-1'],
    ['seller-1', 7],
  ])('%j and %j open the same conversation, whoever does it', (one, other) => {
    const asText = (pair: unknown) => JSON.stringify(pair).replaceAll('"10"', '10');
    expect(asText(pairOf(one, { participantId: other }))).toBe(asText(pairOf(other, { participantId: one })));
  });

  it.each([
    ['all have read', 'direct', 123, { peer: 7, own: 7 }, { isRead: true }],
    ['the other has not read', 'direct', 123, { peer: 6, own: 7 }, { isRead: false }],
    ['the caller has not read', 'direct', 'seller-1', { peer: 7, own: 6 }, { isRead: false }],
    ['the caller has not read, of the marketplace', 'direct', null, { peer: 7, own: 6 }, { isRead: false }],
    ['is of a group', 'group', 123, { peer: 7, own: 7 }, {}],
  ] as const)('a list tells of a last message that %s', (_, type, senderId, read, shown) => {
    const { members } = joinedChat;
    const [member] = members;
    const marks = { chatId: CHAT_ID, lastReadSeq: read.own, lastDeliveredSeq: 7, userId: 123 };
    const entry = {
      chat: type === 'group' ? group : directChat,
      peer: type === 'group' ? null : { ...member, userId: 'seller-1', lastReadSeq: read.peer },
      lastMessage: { ...message, senderId },
      activityAt: AT,
      unreadCount: 7 - read.own,
      marks,
    };
    const list = conversations.routes?.find(({ method, path }) => method === 'GET' && path === '/conversations');
    const inquiry = list?.read({ userId: 123, fields: {}, query: {}, body: undefined }) as Inquiry<'chat:list'>;
    const page = { chats: [entry], senders: [], nextCursor: null } as unknown as CommandData<'chat:list'>;
    const { conversations: listed } = inquiry.answer(page, facts) as {
      conversations: { lastMessage: { isRead?: boolean } }[];
    };
    const { isRead } = listed[0]?.lastMessage ?? {};
    expect(isRead === undefined ? {} : { isRead }).toEqual(shown);
  });

  it('who names the buyer and the seller is heeded', () => {
    expect(pairOf(9, { buyerId: 9, sellerId: 3, productId: 5 })).toEqual({ buyerId: 9, sellerId: 3, productId: 5 });
  });

  it.each(['before', 'after'])('pages %s a message of the conversation alone', (cursor) => {
    const page = conversations.routes?.find(({ path }) => path.endsWith('/messages') && path !== '/messages');
    const ask = (conversationId: string, messageId: number | string) =>
      page?.read({ userId: 123, fields: { conversationId }, query: { [cursor]: String(messageId) }, body: undefined });
    const history = callAfter(ask('3', MESSAGE) as never, joinedChat as never, 'chat:history');
    expect(history.payload).toEqual({ chatId: CHAT_ID, [`${cursor}Seq`]: 7 });
    for (const messageId of [ELSEWHERE, 456, 'a message', '']) {
      expect(() => ask('3', messageId)).toThrow(expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }));
    }
  });

  it('the same path takes canonical messages and those of the dialect, told apart by their fields', () => {
    const send = conversations.routes?.find(({ path }) => path === '/messages');
    expect(send?.claims?.({ conversationId: 1, content: 'x' })).toBe(true);
    expect(
      [{ chatId: directChat.id, text: 'x' }, undefined, null, 'conversationId', []].map((body) => send?.claims?.(body)),
    ).toEqual(Array.from({ length: 5 }, () => false));
  });
});
