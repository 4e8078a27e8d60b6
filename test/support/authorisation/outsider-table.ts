import { expect } from 'vitest';
import type { CommandData, CommandInput, CommandName, ErrorCode } from '../../../src/contract/index.js';

/** What an outsider aims at: a chat of others, or one that does not exist. */
export interface Target {
  chatId: string;
  /** A message of the buyer. */
  messageId: string;
  buyerId: number;
  sellerId: number;
  /** A good token of somebody else. */
  foreignToken: string;
}

interface OutsiderCase<C extends CommandName> {
  payload: (target: Target) => CommandInput<C>;
  /** The one refusal, or the one answer that tells and does nothing. */
  answer: ErrorCode | ((target: Target) => CommandData<C>);
}

function refusedInside<P>(payload: (target: Target) => P) {
  return { payload, answer: 'CHAT_NOT_FOUND' as const };
}

/**
 * How every command answers who has no business in a chat. A new command does not compile without its line; most are
 * `refusedInside`.
 */
export const outsiderTable: { [C in CommandName]: OutsiderCase<C> } = {
  'auth:refresh-token': { payload: ({ foreignToken }) => ({ token: foreignToken }), answer: 'TOKEN_USER_MISMATCH' },
  'chat:create': { payload: ({ buyerId, sellerId }) => ({ buyerId, sellerId }), answer: 'FORBIDDEN' },
  'chat:list': { payload: () => ({}), answer: () => ({ chats: [], senders: [], nextCursor: null }) },
  'chat:unread-count': { payload: () => ({}), answer: () => ({ unreadCount: 0, unreadChats: 0 }) },
  'chat:settings': refusedInside(({ chatId }) => ({ chatId, archived: true, muted: true })),
  'chat:hide': refusedInside(({ chatId }) => ({ chatId })),
  'chat:get': refusedInside(({ chatId }) => ({ chatId })),
  'chat:join': refusedInside(({ chatId }) => ({ chatId })),
  // Only takes the socket out of a room; who is in none of that name stays as he is.
  'chat:leave': { payload: ({ chatId }) => ({ chatId }), answer: () => null },
  'chat:history': refusedInside(({ chatId }) => ({ chatId, afterSeq: 0 })),
  // Names many chats, and answers each that is not the caller's as one of no use.
  'chat:sync': {
    payload: ({ chatId }) => ({ chats: [{ chatId, rev: 0 }] }),
    answer: ({ chatId }) => ({
      chats: [{ chatId, resync: true, rev: 0, hasMore: false, closedAt: null, messages: [] }],
    }),
  },
  'group:add': refusedInside(({ chatId, sellerId }) => ({ chatId, userIds: [sellerId, 1] })),
  'group:remove': refusedInside(({ chatId, sellerId }) => ({ chatId, userId: sellerId })),
  'group:leave': refusedInside(({ chatId }) => ({ chatId })),
  'group:rename': refusedInside(({ chatId }) => ({ chatId, name: 'Mine now' })),
  'group:role': refusedInside(({ chatId, sellerId }) => ({ chatId, userId: sellerId, role: 'moderator' })),
  'message:send': refusedInside(({ chatId }) => ({ chatId, text: 'let me in', clientMessageId: 'key', productId: 1 })),
  'message:get': refusedInside(({ chatId, messageId }) => ({ chatId, messageId })),
  'message:edit': refusedInside(({ chatId, messageId }) => ({ chatId, messageId, text: 'not what you said' })),
  'message:react': refusedInside(({ chatId, messageId }) => ({ chatId, messageId, emoji: '👍' })),
  'message:unreact': refusedInside(({ chatId, messageId }) => ({ chatId, messageId, emoji: '👍' })),
  'message:delete': refusedInside(({ chatId, messageId }) => ({ chatId, messageId })),
  'upload:create': refusedInside(({ chatId }) => ({ chatId, name: 'a.jpg', mimeType: 'image/jpeg', size: 1 })),
  'message:read': refusedInside(({ chatId, messageId }) => ({ chatId, messageId })),
  'message:delivered': refusedInside(({ chatId }) => ({ chatId })),
  'typing:start': refusedInside(({ chatId }) => ({ chatId })),
  'typing:stop': refusedInside(({ chatId }) => ({ chatId })),
  'users:online': {
    payload: ({ buyerId, sellerId }) => ({ userIds: [buyerId, sellerId] }),
    answer: () => ({ userIds: [] }),
  },
  'user:status': {
    payload: ({ buyerId }) => ({ userId: buyerId }),
    answer: ({ buyerId }) => ({ userId: buyerId, online: false, lastSeenAt: null }),
  },
  'status:update': { payload: () => ({ status: 'invisible' }), answer: () => ({ status: 'invisible' }) },
  // Anybody blocks whom he likes, which changes nothing for who shares no chat with him. Taken back by the next line.
  'user:block': {
    payload: ({ buyerId }) => ({ userId: buyerId }),
    answer: ({ buyerId }) => ({ userId: buyerId, blockedAt: expect.any(String) }),
  },
  'user:unblock': { payload: ({ buyerId }) => ({ userId: buyerId }), answer: () => null },
  'users:blocked': { payload: () => ({}), answer: () => ({ users: [], hasMore: false }) },
  'message:report': refusedInside(({ chatId, messageId }) => ({ chatId, messageId, reason: 'spam' })),
  'message:search': refusedInside(({ chatId }) => ({ chatId, query: 'between us' })),
};

/** The table's line without the tie between its parts, for loops over all commands. */
export function outsiderCase(name: CommandName): {
  payload: (target: Target) => unknown;
  answer: ErrorCode | ((target: Target) => unknown);
} {
  return outsiderTable[name];
}
