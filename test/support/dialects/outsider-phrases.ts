import type { ErrorCode } from '../../../src/contract/index.js';
import type { DialectName } from '../../../src/dialects/catalogue.js';
import type { phrases as conversationsPhrases } from '../../../src/dialects/conversations/phrases.js';
import type { Spoken } from '../../../src/dialects/dialect.js';
import type { phrases as livePhrases } from '../../../src/dialects/live/phrases.js';
import type { frames } from '../../../src/dialects/plain-websocket/phrases.js';
import type { phrases as roomsPhrases } from '../../../src/dialects/rooms/phrases.js';

/** What an outsider aims at, as his dialect names it: a chat of others, or one that does not exist. */
export interface Aim {
  chat: string | number;
  /** A message of the chat. */
  message: string | number;
  /** Its two members. */
  buyerId: number;
  sellerId: number;
  /** A good token of one of them. */
  foreignToken: string;
}

export interface Attempt {
  /** What goes with the event, or in the frame. */
  said: unknown;
  /** The one refusal, or the words that tell and do nothing. */
  answer: ErrorCode | readonly Spoken[];
  /** The connection ends with it, so that it is tried on one of its own. */
  ends?: true;
}

type Attempts = (aim: Aim) => readonly Attempt[];

interface PhrasesOf {
  rooms: typeof roomsPhrases;
  'plain-websocket': typeof frames;
  conversations: typeof conversationsPhrases;
  live: typeof livePhrases;
}

function refused(...said: readonly unknown[]): readonly Attempt[] {
  return said.map((words) => ({ said: words, answer: 'CHAT_NOT_FOUND' }));
}

function one(event: string, arg: unknown): readonly Spoken[] {
  return [{ event, args: [arg] }];
}

/**
 * How every dialect answers who has no business in a chat, whatever he says of it. A new phrase, and a new dialect, do not
 * compile without their lines.
 */
export const outsiderPhrases: { readonly [D in DialectName]: { readonly [P in keyof PhrasesOf[D]]: Attempts } } = {
  rooms: {
    // A direct room of two others.
    createChatRoom: ({ chat: id, buyerId, sellerId }) => [
      { said: { id, type: 'DIRECT', participantIds: [buyerId, sellerId] }, answer: 'VALIDATION_FAILED' },
    ],
    joinChatRoom: ({ chat: chatRoomId }) => refused({ chatRoomId }),
    sendMessage: ({ chat: chatRoomId }) => refused({ chatRoomId, content: 'let me in' }),
    typing: ({ chat: chatRoomId }) => refused({ chatRoomId, isTyping: true }, { chatRoomId, isTyping: false }),
    // Only takes the connection out of a room; who is in none of that name stays as he is.
    leaveChatRoom: ({ chat: chatRoomId }) => [{ said: { chatRoomId }, answer: one('leftChatRoom', { chatRoomId }) }],
    updateChatRoom: ({ chat: chatRoomId }) => refused({ chatRoomId, name: 'Mine now' }),
    addParticipants: ({ chat: chatRoomId, sellerId }) => refused({ chatRoomId, participantIds: [sellerId, 1] }),
    removeParticipant: ({ chat: chatRoomId, sellerId }) => refused({ chatRoomId, participantId: sellerId }),
    markAsDelivered: ({ chat: chatRoomId, message: messageId }) => refused({ chatRoomId }, { chatRoomId, messageId }),
    markAsRead: ({ chat: chatRoomId, message: messageId }) => refused({ chatRoomId }, { chatRoomId, messageId }),
  },
  // Said by a removed member alone, on a connection that nothing has closed yet: nobody else has one.
  'plain-websocket': {
    message: () => refused({ text: 'let me in' }),
    // Signs are judged by where a connection is; from where it should not be any more they are shown to nobody.
    typing: () => [
      { said: { is_typing: true }, answer: [] },
      { said: { is_typing: false }, answer: [] },
    ],
    read_messages: () => refused({}),
  },
  conversations: {
    'conversation:join': ({ chat: conversationId }) => refused({ conversationId }),
    'conversation:leave': ({ chat: conversationId }) => [
      {
        said: { conversationId },
        answer: one('conversation:left', { conversationId, room: `conversation:${conversationId}` }),
      },
    ],
    'message:send': ({ chat: conversationId }) =>
      refused(
        { conversationId, content: 'let me in' },
        { conversationId, content: 'let me in', tempId: 'temp-1' },
        { conversationId, messageType: 'image', attachmentUrl: 'https://files.example/a.jpg' },
      ),
    'message:read': ({ chat: conversationId, message: messageId }) => [
      ...refused({ conversationId }, { conversationId, messageId }),
      // A message of another conversation, which is held against the numbers alone.
      { said: { conversationId: 7, messageId }, answer: 'MESSAGE_NOT_FOUND' },
    ],
    'typing:start': ({ chat: conversationId }) => refused({ conversationId }),
    'typing:stop': ({ chat: conversationId }) => refused({ conversationId }),
    'user:check:online': ({ buyerId: userId }) => [
      { said: { userId }, answer: one('user:online:status', { userId, userType: null, isOnline: false }) },
    ],
    'auth:refresh-token': ({ foreignToken: token }) => [{ said: { token }, answer: 'TOKEN_USER_MISMATCH' }],
  },
  live: {
    'auth:login': ({ foreignToken: token }) => [{ said: { token }, answer: 'TOKEN_USER_MISMATCH' }],
    'auth:logout': () => [
      {
        said: undefined,
        answer: one('system:notification', { type: 'logged_out', message: 'Logged out', data: {} }),
        ends: true,
      },
    ],
    'chat:message': ({ chat: roomId }) => [
      ...refused({ roomId, content: 'let me in' }),
      // He has joined nothing that it could go to.
      { said: { content: 'let me in' }, answer: 'VALIDATION_FAILED' },
    ],
    // A room of nobody, whatever id comes with it.
    'chat:room:create': ({ chat: roomId }) => [
      { said: { roomId, name: 'Mine now', participants: [] }, answer: 'VALIDATION_FAILED' },
    ],
    'chat:room:join': ({ chat: roomId }) => refused(roomId),
    'chat:room:leave': ({ chat: roomId }) => [{ said: roomId, answer: one('chat:room:left', { roomId }) }],
    'status:update': () => [status(false), status(true)],
    'status:typing': ({ chat: roomId }) => refused({ roomId, isTyping: true }, { roomId, isTyping: false }),
  },
};

function status(isOnline: boolean): Attempt {
  const type = 'status_updated';
  return {
    said: { isOnline },
    answer: one('system:notification', { type, message: 'Your status was changed', data: { isOnline } }),
  };
}

/** A dialect's lines without the tie between their parts, for loops over all phrases. */
export function outsiderAttempts(dialect: DialectName): Readonly<Record<string, Attempts>> {
  return outsiderPhrases[dialect];
}
