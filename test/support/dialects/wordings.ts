import { CANONICAL, type DialectName } from '../../../src/dialects/catalogue.js';
import { messagePlace } from '../../../src/dialects/message-number.js';
import { closeCodes } from '../../../src/dialects/plain-websocket/close-codes.js';

/** What a client in a chat may speak. */
export type Tongue = DialectName | typeof CANONICAL;

type Fields = Readonly<Record<string, unknown>>;

/** An event, or a frame by its type, with what came with it. */
export interface Heard {
  event: string;
  payload: Fields;
}

/** An event, or the type of a frame, and what goes with it. */
export type Words = readonly [event: string, payload: unknown];

/** A message as far as every tongue tells of it. */
export interface Told {
  seq: number;
  text: unknown;
}

/** How a client says what every client can say, and what it makes of what it hears. `null`: nothing of that kind. */
export interface Wording {
  /** `null` where connecting is joining, or where the client asks instead of listening for the answer. */
  join: ((chatId: string) => Words) | null;
  joined: string;
  /** How the client names the chat, once it has joined. Default: by its canonical id. */
  reference?(joined: Fields): unknown;
  message(chat: unknown, text: string): Words;
  typing(chat: unknown, isTyping: boolean): Words;
  /** Marks all as read. `null` in a dialect without receipts. */
  read: ((chat: unknown) => Words) | null;
  hearsMessage(heard: Heard): Told | null;
  hearsTyping(heard: Heard): { userId: unknown; isTyping: unknown } | null;
  /** Who has read. */
  hearsRead(heard: Heard): unknown;
  hearsEdited(heard: Heard): Told | null;
  /** The id or the seq of what was deleted. */
  hearsDeleted(heard: Heard): unknown;
  hearsRemoved: string | null;
  /** The code that a refusal of its token came with. */
  hearsRefused(heard: Heard): unknown;
  /** The codes that the connection is closed with, where that tells why. */
  closed?: { removed: number; cut: number };
}

const seqOf = (id: unknown): number => messagePlace(id)?.seq ?? Number.NaN;
const fields = (value: unknown): Fields => value as Fields;

/** Events whose payload is looked into; nothing of others. */
function of<T>(name: string, look: (payload: Fields) => T): (heard: Heard) => T | null {
  return ({ event, payload }) => (event === name ? look(payload) : null);
}

function ofNotification<T>(type: string, look: (data: Fields) => T): (heard: Heard) => T | null {
  return of('system:notification', (payload) => (payload.type === type ? look(fields(payload.data)) : null));
}

/** Plain frames tell of new and of changed messages by one type. */
function ofFrame<T>(fits: (data: Fields) => boolean, look: (data: Fields) => T): (heard: Heard) => T | null {
  return of('message', ({ data }) => (fits(fields(data)) ? look(fields(data)) : null));
}

function toldBySeq(textIn: 'text' | 'content'): (payload: Fields) => Told {
  return (payload) => ({ seq: Number(payload.seq), text: payload[textIn] });
}

function toldByNumber(textIn: 'text' | 'content'): (payload: Fields) => Told {
  return (payload) => ({ seq: seqOf(payload.id), text: payload[textIn] });
}

/** Every tongue's; a new dialect does not compile without. */
export const wordings: { readonly [T in Tongue]: Wording } = {
  [CANONICAL]: {
    join: null,
    joined: '',
    message: (chatId, text) => ['message:send', { chatId, text }],
    typing: (chatId, isTyping) => [isTyping ? 'typing:start' : 'typing:stop', { chatId }],
    read: (chatId) => ['message:read', { chatId }],
    hearsMessage: of('message:new', toldBySeq('text')),
    hearsTyping: ({ event, payload: { userId } }) =>
      event === 'typing:start' || event === 'typing:stop' ? { userId, isTyping: event === 'typing:start' } : null,
    hearsRead: of('message:read', ({ userId }) => userId),
    hearsEdited: of('message:updated', toldBySeq('text')),
    hearsDeleted: of('message:deleted', ({ id }) => id),
    hearsRemoved: 'chat:removed',
    hearsRefused: of('auth:error', ({ code }) => code),
  },
  rooms: {
    join: (chatRoomId) => ['joinChatRoom', { chatRoomId }],
    joined: 'joinedChatRoom',
    message: (chatRoomId, content) => ['sendMessage', { chatRoomId, content }],
    typing: (chatRoomId, isTyping) => ['typing', { chatRoomId, isTyping }],
    read: (chatRoomId) => ['markAsRead', { chatRoomId }],
    hearsMessage: of('newMessage', toldBySeq('content')),
    hearsTyping: of('userTyping', ({ userId, isTyping }) => ({ userId, isTyping })),
    hearsRead: of('messageStatus', ({ userId, status }) => (status === 'READ' ? userId : null)),
    hearsEdited: of('messageUpdated', toldBySeq('content')),
    hearsDeleted: of('messageDeleted', ({ messageId }) => messageId),
    hearsRemoved: 'removedFromChatRoom',
    hearsRefused: of('error', ({ code }) => code),
  },
  'plain-websocket': {
    join: null,
    joined: 'connection_established',
    message: (_, text) => ['message', { text }],
    typing: (_, isTyping) => ['typing', { is_typing: isTyping }],
    read: () => ['read_messages', {}],
    hearsMessage: ofFrame((data) => data.is_edited === false && data.is_deleted === false, toldByNumber('text')),
    hearsTyping: of('typing', ({ user_id, is_typing }) => ({ userId: user_id, isTyping: is_typing })),
    hearsRead: of('messages_read', ({ user_id }) => user_id),
    hearsEdited: ofFrame((data) => data.is_edited === true && data.is_deleted === false, toldByNumber('text')),
    hearsDeleted: ofFrame(
      (data) => data.is_deleted === true,
      ({ id }) => seqOf(id),
    ),
    hearsRemoved: null,
    hearsRefused: () => null,
    closed: { removed: closeCodes.noAccess, cut: closeCodes.badToken },
  },
  conversations: {
    join: (conversationId) => ['conversation:join', { conversationId }],
    joined: 'conversation:joined',
    reference: ({ conversationId }) => conversationId,
    message: (conversationId, content) => ['message:send', { conversationId, content }],
    typing: (conversationId, isTyping) => [isTyping ? 'typing:start' : 'typing:stop', { conversationId }],
    read: (conversationId) => ['message:read', { conversationId }],
    hearsMessage: of('message:new', toldByNumber('content')),
    hearsTyping: ({ event, payload: { user } }) =>
      event === 'typing:start' || event === 'typing:stop'
        ? { userId: fields(user).userId, isTyping: event === 'typing:start' }
        : null,
    hearsRead: of('message:read', ({ readBy }) => fields(readBy).userId),
    hearsEdited: of('message:updated', toldByNumber('content')),
    hearsDeleted: of('message:deleted', ({ id }) => seqOf(id)),
    hearsRemoved: 'conversation:left',
    hearsRefused: of('error', ({ code }) => code),
  },
  live: {
    join: (roomId) => ['chat:room:join', roomId],
    joined: 'chat:room:joined',
    message: (roomId, content) => ['chat:message', { roomId, content }],
    typing: (roomId, isTyping) => ['status:typing', { roomId, isTyping }],
    read: null,
    hearsMessage: of('chat:message', toldBySeq('content')),
    hearsTyping: of('status:typing', ({ userId, isTyping }) => ({ userId, isTyping })),
    hearsRead: () => null,
    hearsEdited: ofNotification('message_edited', toldBySeq('content')),
    hearsDeleted: ofNotification('message_deleted', ({ id }) => id),
    hearsRemoved: 'chat:room:left',
    hearsRefused: of('system:error', ({ code }) => code),
  },
};
