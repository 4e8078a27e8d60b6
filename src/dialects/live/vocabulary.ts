import type { Spoken } from '../dialect.js';
import { silent, type Vocabulary } from '../vocabulary.js';
import { notification, systemError, toLiveMessage, toLiveRoom } from './shapes.js';

/** What clients of this dialect hear. */
export const vocabulary: Vocabulary = {
  'connection:success': silent(
    "a login is answered by its own notification, a token that came along by Socket.IO's connect",
  ),
  'message:new': (message) => say('chat:message', toLiveMessage(message)),
  'message:notification': ({ chatId, message, unreadCount, muted }) =>
    notification('new_message', 'A message came in a room that you have not joined', {
      roomId: chatId,
      message: toLiveMessage(message),
      unreadCount,
      isMuted: muted,
    }),
  'message:updated': (message) => notification('message_edited', 'A message was edited', toLiveMessage(message)),
  'message:deleted': (message) => notification('message_deleted', 'A message was deleted', toLiveMessage(message)),
  'message:reaction': silent('its clients know no reactions'),
  'message:read': silent('its clients know no receipts'),
  'message:delivered': silent('its clients know no receipts'),
  'typing:start': ({ chatId, userId }) => say('status:typing', { roomId: chatId, userId, isTyping: true }),
  'typing:stop': ({ chatId, userId }) => say('status:typing', { roomId: chatId, userId, isTyping: false }),
  'user:online': ({ userId }) => say('status:online', { userId, isOnline: true }),
  'user:offline': ({ userId, lastSeenAt }) => say('status:offline', { userId, isOnline: false, lastSeenAt }),
  'users:online': silent('answers a command that no words of its clients stand for'),
  'chat:created': (chat) => say('chat:room:created', toLiveRoom(chat)),
  'chat:updated': (chat) => notification('room_updated', 'A room was changed', toLiveRoom(chat)),
  'chat:settings': silent('its clients have no archive and mute nothing'),
  'chat:removed': ({ chatId, by }) => say('chat:room:left', { roomId: chatId, by }),
  'chat:closed': ({ id }) => notification('room_closed', 'The room was closed; it can still be read', { roomId: id }),
  'chat:reopened': ({ id }) => notification('room_reopened', 'The room is open again', { roomId: id }),
  'status:updated': ({ status }) =>
    notification('status_updated', 'Your status was changed', { isOnline: status === 'online' }),
  'user:blocked': silent('its clients block nobody'),
  'user:unblocked': silent('its clients block nobody'),
  // A refusal for an expired token was told a moment before, as `auth:token-expired`.
  'auth:error': ({ error, code }) => (code === 'TOKEN_EXPIRED' ? [] : systemError({ code, message: error })),
  'auth:token-expired': ({ error, code }) => systemError({ code, message: error }),
  error: systemError,
  'sync:required': ({ spreadMs }) =>
    notification('sync_required', 'Messages may have been missed; join your rooms again', { spreadMs }),
  'server:draining': ({ reconnectInMs }) =>
    notification('server_draining', 'The server restarts; connect again', { reconnectInMs }),
};

function say(event: string, payload: object): readonly Spoken[] {
  return [{ event, args: [payload] }];
}
