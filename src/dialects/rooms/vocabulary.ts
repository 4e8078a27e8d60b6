import type { EventPayload, Message } from '../../contract/index.js';
import type { Spoken } from '../dialect.js';
import { silent, type Vocabulary } from '../vocabulary.js';
import { errorWords, type MessageStatus, toChatRoom, toRoomMessage } from './shapes.js';

/** What clients of this dialect hear. Its guide names no event of the server but `error`; the others are ours. */
export const vocabulary: Vocabulary = {
  'connection:success': ({ userId, socketId, serverTime }) => say('connected', { userId, socketId, serverTime }),
  'message:new': (message) => [
    ...say('newMessage', { ...toRoomMessage(message), status: 'SENT' satisfies MessageStatus }),
    ...participantWords(message),
  ],
  'message:notification': ({ chatId, message, unreadCount, muted }) =>
    say('messageNotification', { chatRoomId: chatId, message: toRoomMessage(message), unreadCount, isMuted: muted }),
  'message:updated': (message) => say('messageUpdated', toRoomMessage(message)),
  'message:deleted': ({ chatId, id, deletedAt }) =>
    say('messageDeleted', { chatRoomId: chatId, messageId: id, deletedAt }),
  'message:reaction': silent('its clients know no reactions'),
  'message:read': (mark) => statusWords(mark, 'READ'),
  'message:delivered': (mark) => statusWords(mark, 'DELIVERED'),
  'typing:start': ({ chatId, userId }) => say('userTyping', { chatRoomId: chatId, userId, isTyping: true }),
  'typing:stop': ({ chatId, userId }) => say('userTyping', { chatRoomId: chatId, userId, isTyping: false }),
  'user:online': ({ userId }) => say('userOnline', { userId }),
  'user:offline': ({ userId, lastSeenAt }) => say('userOffline', { userId, lastSeenAt }),
  'users:online': silent('answers a command that no words of its clients stand for'),
  'chat:created': (chat) => say('chatRoomCreated', toChatRoom(chat)),
  'chat:updated': (chat) => say('chatRoomUpdated', toChatRoom(chat)),
  'chat:settings': silent('its clients have no archive and mute nothing'),
  'chat:removed': ({ chatId, by }) => say('removedFromChatRoom', { chatRoomId: chatId, by }),
  'chat:closed': ({ id }) => say('chatRoomClosed', { chatRoomId: id }),
  'chat:reopened': ({ id }) => say('chatRoomReopened', { chatRoomId: id }),
  'status:updated': silent('its clients are seen always, unless the user hides elsewhere'),
  'user:blocked': silent('its clients block nobody'),
  'user:unblocked': silent('its clients block nobody'),
  // A refusal for an expired token was told a moment before, as `auth:token-expired`.
  'auth:error': ({ error, code }) => (code === 'TOKEN_EXPIRED' ? [] : errorWords({ code, message: error })),
  'auth:token-expired': ({ error, code }) => errorWords({ code, message: error }),
  error: ({ code, message, event }) => errorWords({ code, message }, event),
  'sync:required': ({ spreadMs }) => say('syncRequired', { spreadMs }),
  'server:draining': ({ reconnectInMs }) => say('serverDraining', { reconnectInMs }),
};

/** A group tells who came and went in messages of its own; clients that keep a list of participants need it as data. */
function participantWords({ chatId, senderId, system }: Message): readonly Spoken[] {
  switch (system?.kind) {
    case 'members_added':
      return say('participantsAdded', { chatRoomId: chatId, participantIds: system.userIds, by: senderId });
    case 'member_removed':
    case 'member_left':
      return say('participantRemoved', { chatRoomId: chatId, participantId: system.userId, by: senderId });
    default:
      return [];
  }
}

function statusWords({ chatId, userId, seq }: EventPayload<'message:read'>, status: MessageStatus): readonly Spoken[] {
  return say('messageStatus', { chatRoomId: chatId, userId, seq, status });
}

function say(event: string, payload: object): readonly Spoken[] {
  return [{ event, args: [payload] }];
}
