import type { ChatError, Message, WireId } from '../../contract/index.js';
import type { Facts, Spoken } from '../dialect.js';
import { messageNumber } from '../message-number.js';
import { fieldsOf } from '../phrasebook.js';
import { silent, type Vocabulary } from '../vocabulary.js';
import { closeCodeFor, closeCodes } from './close-codes.js';
import { close, closeWithin, farewell, frame } from './signals.js';

/** Who speaks where no user does. */
const MARKETPLACE = { id: null, username: 'system', first_name: '', last_name: '' };

/** Messages that a user may send in a minute in this dialect. */
export const MESSAGES_PER_MINUTE = 10;

/** How the dialect says each event. */
export const words: Vocabulary = {
  'message:new': said,
  // There is no word for a change: a message that the client has already comes again, marked, with its new text.
  'message:updated': said,
  'message:deleted': said,
  'message:read': ({ userId }, facts) => [
    frame({ type: 'messages_read', user_id: userId, username: usernameOf(userId, facts) }),
  ],
  'typing:start': ({ userId }, facts) => [typing(userId, true, facts)],
  'typing:stop': ({ userId }, facts) => [typing(userId, false, facts)],
  'chat:removed': ({ chatId }) => [close(chatId, closeCodes.noAccess, 'you are not in this chat any more')],
  'auth:error': ({ code, error }) => [close(null, closeCodeFor(code), error)],
  // The service closes the connection when its time of grace is over: a client of this dialect has no way to renew the token.
  'auth:token-expired': () => [farewell(closeCodes.tokenExpired, 'the token expired')],
  'server:draining': () => [farewell(closeCodes.restart, 'this instance goes away; connect again')],
  // The dialect has no way to read what was missed: who has to connect again loads the chat anew, elsewhere.
  'sync:required': ({ spreadMs }) => [
    closeWithin(spreadMs, closeCodes.restart, 'messages may have been missed; load the chat anew and connect again'),
  ],
  error: ({ message }) => [error(message)],
  'connection:success': silent('connection_established follows once the chat is joined'),
  'message:notification': silent('a connection is one chat, which it has joined'),
  'message:reaction': silent('the dialect has no reactions'),
  'message:delivered': silent('the dialect tells of reading only'),
  'user:online': silent('the dialect has no presence'),
  'user:offline': silent('the dialect has no presence'),
  'users:online': silent('the dialect has no presence'),
  'chat:created': silent('a connection is one chat, which is there already'),
  'chat:updated': silent('the dialect tells nothing of a chat itself'),
  'chat:settings': silent('the dialect tells nothing of a chat itself'),
  'chat:closed': silent('the dialect tells nothing of a chat itself; who writes in a closed one is told then'),
  'chat:reopened': silent('the dialect tells nothing of a chat itself'),
  'status:updated': silent('the dialect has no presence'),
  'user:blocked': silent('its clients block nobody'),
  'user:unblocked': silent('its clients block nobody'),
};

export function error(message: string): Spoken {
  return frame({ type: 'error', message });
}

/** A command failed: the client is told, and where the chat is no longer his, the connection ends. */
export function failed(failure: ChatError): readonly Spoken[] {
  const { code, message } = failure;
  return code === 'CHAT_NOT_FOUND'
    ? [error(message), close(null, closeCodes.noAccess, message)]
    : [error(ownSentence(failure) ?? message)];
}

/** What the dialect says of a failure in a sentence of its own; `null` where the canonical one is said. */
function ownSentence({ code, details }: ChatError): string | null {
  if (code === 'MESSAGE_EMPTY') {
    return 'Message text cannot be empty';
  }
  // Not the deployment's limit, which has another number and another window.
  const isOwnLimit = code === 'RATE_LIMITED' && fieldsOf(details).messagesPerMinute === MESSAGES_PER_MINUTE;
  return isOwnLimit ? `Too many messages: no more than ${MESSAGES_PER_MINUTE} per minute` : null;
}

function said(message: Message, facts: Facts): readonly Spoken[] {
  const { chatId, seq, createdAt, editedAt, deletedAt } = message;
  return [
    frame({
      type: 'message',
      data: {
        id: messageNumber(facts.chatNumber(chatId), seq),
        text: textOf(message),
        sender: senderOf(message, facts),
        timestamp: createdAt,
        is_edited: editedAt !== null,
        is_deleted: deletedAt !== null,
      },
    }),
  ];
}

/** The dialect knows texts only: files are told by their addresses, a line each. */
function textOf({ text, attachments }: Message): string {
  return [...(text === '' ? [] : [text]), ...attachments.map(({ url }) => url)].join('\n');
}

function senderOf({ senderId }: Message, facts: Facts): object {
  if (senderId === null) {
    return MARKETPLACE;
  }
  const profile = facts.profile(senderId);
  return {
    id: senderId,
    username: usernameOf(senderId, facts),
    first_name: profile?.firstName ?? '',
    last_name: profile?.lastName ?? '',
  };
}

/** Never missing: clients show it. */
function usernameOf(userId: WireId, facts: Facts): string {
  return facts.profile(userId)?.username ?? String(userId);
}

function typing(userId: WireId, isTyping: boolean, facts: Facts): Spoken {
  return frame({ type: 'typing', user_id: userId, username: usernameOf(userId, facts), is_typing: isTyping });
}
