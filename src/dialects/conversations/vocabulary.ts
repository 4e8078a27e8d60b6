import type { Spoken } from '../dialect.js';
import { messageNumber } from '../message-number.js';
import { silent, type Vocabulary } from '../vocabulary.js';
import { errorWords } from './errors.js';
import { roomOf, toChangedMessage, toConversation, toMessage, toUser } from './shapes.js';

/** What clients of this dialect hear. Where its guide has no word for something that others can do, the word is ours. */
export const vocabulary: Vocabulary = {
  'connection:success': ({ userId, socketId }, facts) =>
    say('connection:success', { ...toUser(userId, facts), socketId }),
  'message:new': (message, facts) => say('message:new', toMessage(message, facts)),
  'message:notification': ({ chatId, message, unreadCount, muted }, facts) =>
    say('message:notification', {
      conversationId: facts.chatNumber(chatId),
      message: toMessage(message, facts),
      unreadCount,
      muted,
    }),
  'message:updated': (message, facts) => say('message:updated', toChangedMessage(message, facts)),
  'message:deleted': (message, facts) => say('message:deleted', toChangedMessage(message, facts)),
  'message:reaction': ({ chatId, seq, userId, emoji, added, reactions }, facts) =>
    say('message:reaction', {
      conversationId: facts.chatNumber(chatId),
      messageId: messageNumber(facts.chatNumber(chatId), seq),
      user: toUser(userId, facts),
      emoji,
      added,
      reactions,
    }),
  'message:read': ({ chatId, userId, seq }, facts) =>
    say('message:read', {
      conversationId: facts.chatNumber(chatId),
      messageId: messageNumber(facts.chatNumber(chatId), seq),
      readBy: toUser(userId, facts),
    }),
  'message:delivered': silent('its clients know messages as sent and as read'),
  'typing:start': ({ chatId, userId }, facts) =>
    say('typing:start', { conversationId: facts.chatNumber(chatId), user: toUser(userId, facts) }),
  'typing:stop': ({ chatId, userId }, facts) =>
    say('typing:stop', { conversationId: facts.chatNumber(chatId), user: toUser(userId, facts) }),
  'user:online': ({ userId }, facts) => say('user:online', toUser(userId, facts)),
  'user:offline': ({ userId, lastSeenAt }, facts) => say('user:offline', { ...toUser(userId, facts), lastSeenAt }),
  'users:online': silent('answers a command that no words of its clients stand for'),
  'chat:created': (chat, facts) => say('conversation:created', toConversation(chat, facts)),
  'chat:updated': (chat, facts) => say('conversation:updated', toConversation(chat, facts)),
  'chat:settings': silent('its clients have neither an archive nor muted conversations'),
  // The word that its clients have for a conversation whose events end.
  'chat:removed': ({ chatId }, facts) => {
    const conversationId = facts.chatNumber(chatId);
    return say('conversation:left', { conversationId, room: roomOf(conversationId) });
  },
  'chat:closed': ({ id }, facts) => say('conversation:closed', { conversationId: facts.chatNumber(id) }),
  'chat:reopened': ({ id }, facts) => say('conversation:reopened', { conversationId: facts.chatNumber(id) }),
  'status:updated': silent('its clients are seen always, unless the user hides elsewhere'),
  'user:blocked': silent('its clients block nobody'),
  'user:unblocked': silent('its clients block nobody'),
  'auth:error': ({ error, code }) => errorWords({ code, message: error }, 'connect'),
  'auth:token-expired': ({ error, code }) => say('auth:token-expired', { error, code }),
  error: ({ code, message, event }) => errorWords({ code, message }, event),
  'sync:required': ({ spreadMs }) => say('sync:required', { spreadMs }),
  'server:draining': ({ reconnectInMs }) => say('server:draining', { reconnectInMs }),
};

function say(event: string, payload: object): readonly Spoken[] {
  return [{ event, args: [payload] }];
}
