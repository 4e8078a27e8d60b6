import type { CommandInput, CommandName } from '../../../src/contract/index.js';

interface Surroundings {
  chatId: string;
  /** A message of the user who sends the commands. */
  messageId: string;
  /** A message of the other member. */
  theirMessageId: string;
  buyerId: number;
  sellerId: number;
  /** A group that the user who sends the commands owns, and two others of its members. */
  groupId: string;
  memberId: number;
  otherMemberId: number;
  /** A good token of the user who sends the commands. */
  token: string;
}

/** One payload for each command that succeeds, with every optional field in it. A new command does not compile without. */
export function goodPayloads(surroundings: Surroundings): { [C in CommandName]: CommandInput<C> } {
  const { chatId, messageId, theirMessageId, buyerId, sellerId, groupId, memberId, otherMemberId, token } =
    surroundings;
  return {
    'auth:refresh-token': { token },
    'chat:create': { buyerId, sellerId, productId: 1 },
    'chat:get': { chatId, limit: 10 },
    'chat:join': { chatId, limit: 10 },
    'chat:leave': { chatId },
    'chat:list': { cursor: null, limit: 10, archived: false },
    'chat:unread-count': {},
    'chat:settings': { chatId, archived: false, hidden: false, muted: true, mutedUntil: '2999-01-01T00:00:00Z' },
    'chat:hide': { chatId },
    'chat:history': { chatId, afterSeq: 0, limit: 10 },
    'chat:sync': { chats: [{ chatId, rev: 0 }] },
    'group:add': { chatId: groupId, userIds: [memberId, sellerId] },
    'group:remove': { chatId: groupId, userId: memberId },
    'group:leave': { chatId: groupId },
    'group:rename': { chatId: groupId, name: 'Delivery' },
    'group:role': { chatId: groupId, userId: otherMemberId, role: 'moderator' },
    'message:send': {
      chatId,
      type: 'image',
      text: 'is it still there?',
      attachments: [{ url: 'https://files.example/table.jpg', name: 'table.jpg', size: 1, mimeType: 'image/jpeg' }],
      replyTo: messageId,
      productId: 1,
      clientMessageId: 'key-1',
    },
    'message:get': { chatId, messageId },
    'message:edit': { chatId, messageId, text: 'is it still there now?' },
    'message:react': { chatId, messageId, emoji: '👍' },
    'message:unreact': { chatId, messageId, emoji: '👍' },
    'message:delete': { chatId, messageId },
    'upload:create': { chatId, name: 'table.jpg', mimeType: 'image/jpeg', size: 1 },
    'message:read': { chatId, messageId },
    'message:delivered': { chatId, messageId },
    'typing:start': { chatId },
    'typing:stop': { chatId },
    'users:online': { userIds: [sellerId] },
    'user:status': { userId: sellerId },
    'status:update': { status: 'online' },
    // Not the other member: the commands after it go on as if nothing had been.
    'user:block': { userId: 'nobody to talk to' },
    'user:unblock': { userId: 'nobody to talk to' },
    'users:blocked': { afterUserId: 'a', limit: 10 },
    'message:report': { chatId, messageId: theirMessageId, reason: 'other', comment: 'look at this' },
    'message:search': { query: 'still there', chatId, cursor: messageId, limit: 10 },
  };
}
