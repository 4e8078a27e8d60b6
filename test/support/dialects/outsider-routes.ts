import type { ErrorCode } from '../../../src/contract/index.js';
import type { Aim } from './outsider-phrases.js';

interface RouteAttempt {
  /** Below the API's, with its fields in it. */
  path: string;
  body?: object;
  /** The one refusal, or the data that tells nothing. */
  answer: ErrorCode | { data: unknown };
}

/** How the routes of `conversations` answer who has no business in one, by method and path. */
const table: Readonly<Record<string, (aim: Aim) => readonly RouteAttempt[]>> = {
  'POST /conversations': ({ buyerId, sellerId }) => [
    { path: '/conversations', body: { buyerId, sellerId }, answer: 'FORBIDDEN' },
  ],
  'GET /conversations': () => [{ path: '/conversations', answer: { data: { conversations: [], nextCursor: null } } }],
  'GET /conversations/:conversationId/messages': ({ chat, message }) =>
    ['', '?limit=5', `?before=${message}`, `?after=${message}`].map((query) => ({
      path: `/conversations/${chat}/messages${query}`,
      answer: 'CHAT_NOT_FOUND',
    })),
  'POST /messages': ({ chat: conversationId }) => [
    { path: '/messages', body: { conversationId, content: 'let me in' }, answer: 'CHAT_NOT_FOUND' },
  ],
  'PUT /conversations/:conversationId/read': ({ chat, message: messageId }) =>
    [{}, { messageId }].map((body) => ({ path: `/conversations/${chat}/read`, body, answer: 'CHAT_NOT_FOUND' })),
  'DELETE /conversations/:conversationId': ({ chat }) => [{ path: `/conversations/${chat}`, answer: 'CHAT_NOT_FOUND' }],
};

/** @throws for a route that the table has no line for: a new one needs it */
export function routeAttempts({ method, path }: { method: string; path: string }, aim: Aim): readonly RouteAttempt[] {
  const attempts = table[`${method} ${path}`];
  if (attempts === undefined) {
    throw new Error(`nothing tells how ${method} ${path} answers an outsider`);
  }
  return attempts(aim);
}
