import { type AnyInquiry, type DialectRequest, type DialectRoute, inquiry } from '../dialect.js';
import { chatReference, messageNumber } from '../message-number.js';
import { pairInOrder } from '../pair-in-order.js';
import { fieldsOf } from '../phrasebook.js';
import { messagePayload, noSuchMessage, readPayload, seqIn } from './phrases.js';
import { isRead, listedStateOf, stateOf, toListedConversation, toMessage } from './shapes.js';

/**
 * The REST routes of this dialect. Its guide names them and no shapes: answers come in the API's envelope, conversations and
 * messages in it as the events show them. `GET /unread-count` is the canonical route.
 */
export const routes: readonly DialectRoute[] = [
  { method: 'POST', path: '/conversations', status: 200, command: 'chat:create', read: create },
  { method: 'GET', path: '/conversations', status: 200, command: 'chat:list', read: list },
  { method: 'GET', path: '/conversations/:conversationId/messages', status: 200, command: 'chat:get', read: messages },
  { method: 'POST', path: '/messages', status: 201, command: 'message:send', claims: isOfDialect, read: send },
  { method: 'PUT', path: '/conversations/:conversationId/read', status: 200, command: 'message:read', read: markRead },
  { method: 'DELETE', path: '/conversations/:conversationId', status: 200, command: 'chat:hide', read: hide },
];

/**
 * The two of a conversation have no parts in this dialect: {@link pairInOrder} gives them theirs; who cares names `buyerId` and
 * `sellerId`.
 */
function create({ userId, body }: DialectRequest): AnyInquiry {
  const { participantId, buyerId, sellerId, productId } = fieldsOf(body);
  const pair = participantId === undefined ? { buyerId, sellerId } : pairInOrder(userId, participantId);
  return inquiry<'chat:create'>({
    command: 'chat:create',
    payload: { ...pair, ...(productId === undefined ? {} : { productId }) },
    answer: () => null,
    next: ({ id }) =>
      inquiry<'chat:get'>({
        command: 'chat:get',
        payload: { chatId: id, limit: 1 },
        answer: (chat, facts) => toListedConversation(stateOf(chat, userId), facts),
      }),
  });
}

function list({ query }: DialectRequest): AnyInquiry {
  return inquiry<'chat:list'>({
    command: 'chat:list',
    payload: { ...(query.cursor === undefined ? {} : { cursor: query.cursor }), ...limitOf(query) },
    answer: ({ chats, nextCursor }, facts) => ({
      conversations: chats.map((entry) => toListedConversation(listedStateOf(entry), facts)),
      nextCursor,
    }),
  });
}

/**
 * The page before the message `before`, or after `after`; without either the latest. Oldest first.
 *
 * @throws ChatError `MESSAGE_NOT_FOUND` where one of them is no message's of the conversation
 */
function messages({ fields, query }: DialectRequest): AnyInquiry {
  const chatId = chatReference(fields.conversationId);
  const cursors = { ...cursorOf('beforeSeq', chatId, query.before), ...cursorOf('afterSeq', chatId, query.after) };
  return inquiry<'chat:get'>({
    command: 'chat:get',
    // Who has read what stands with the members.
    payload: { chatId, limit: 1 },
    answer: () => null,
    next: ({ chat, members }) =>
      inquiry<'chat:history'>({
        command: 'chat:history',
        payload: { chatId: chat.id, ...limitOf(query), ...cursors },
        answer: (page, facts) => ({
          messages: page.messages.map((message) => toMessage(message, facts, isRead(message, members))),
          hasMore: page.hasMore,
        }),
      }),
  });
}

function send({ body }: DialectRequest): AnyInquiry {
  return inquiry<'message:send'>({
    command: 'message:send',
    payload: messagePayload(fieldsOf(body)),
    answer: (message, facts) => toMessage(message, facts),
  });
}

/** @throws ChatError `MESSAGE_NOT_FOUND` */
function markRead({ fields, body }: DialectRequest): AnyInquiry {
  const payload = readPayload(fields.conversationId, fieldsOf(body).messageId);
  if (payload === null) {
    throw noSuchMessage('mark as read');
  }
  return inquiry<'message:read'>({
    command: 'message:read',
    payload,
    answer: ({ chatId, lastReadSeq }, facts) => ({
      conversationId: facts.chatNumber(chatId),
      messageId: lastReadSeq === 0 ? null : messageNumber(facts.chatNumber(chatId), lastReadSeq),
    }),
  });
}

/** Gone from the caller's list, until somebody writes again; the other one keeps it. */
function hide({ fields }: DialectRequest): AnyInquiry {
  return inquiry<'chat:hide'>({
    command: 'chat:hide',
    payload: { chatId: chatReference(fields.conversationId) },
    answer: ({ chatId }, facts) => ({ conversationId: facts.chatNumber(chatId) }),
  });
}

function isOfDialect(body: unknown): boolean {
  return 'conversationId' in fieldsOf(body);
}

/** Text that is no number is passed on for the command to refuse. */
function limitOf({ limit }: DialectRequest['query']): { limit?: unknown } {
  return limit === undefined ? {} : { limit: /^\d{1,9}$/.test(limit) ? Number(limit) : limit };
}

function cursorOf(
  field: 'beforeSeq' | 'afterSeq',
  chatId: unknown,
  messageId: string | undefined,
): Record<string, number> {
  if (messageId === undefined) {
    return {};
  }
  const seq = seqIn(chatId, messageId);
  if (seq === null) {
    throw noSuchMessage('read history');
  }
  return { [field]: seq };
}
