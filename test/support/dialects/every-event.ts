import type { Chat, EventName, EventPayload, JoinedChat, Message } from '../../../src/contract/index.js';

export const CHAT_ID = '0198c0de-0000-7000-8000-00000000000a';
export const MESSAGE_ID = '0198c0de-0000-7000-8000-0000000000aa';
const AT = '2026-01-02T03:04:05.678Z';

export const message: Message = {
  id: MESSAGE_ID,
  chatId: CHAT_ID,
  seq: 7,
  rev: 9,
  senderId: 123,
  type: 'text',
  text: 'Is it still there?',
  attachments: [],
  replyTo: null,
  reactions: [],
  productId: 1001,
  clientMessageId: 'key-1',
  createdAt: AT,
  editedAt: null,
  deletedAt: null,
};

export const directChat: Chat = {
  id: CHAT_ID,
  type: 'direct',
  name: null,
  buyerId: 123,
  sellerId: 'seller-1',
  productId: 1001,
  lastSeq: 7,
  rev: 9,
  createdAt: AT,
  closedAt: null,
};

export const group: Chat = {
  ...directChat,
  type: 'group',
  name: 'Delivery',
  buyerId: null,
  sellerId: null,
  productId: null,
};

export const joinedChat: JoinedChat = {
  chat: group,
  members: [
    { userId: 123, role: 'owner', online: true, lastReadSeq: 7, lastDeliveredSeq: 7, profile: null },
    { userId: 'user2', role: 'member', online: false, lastReadSeq: 5, lastDeliveredSeq: 6, profile: null },
    { userId: 'user3', role: 'member', online: true, lastReadSeq: 6, lastDeliveredSeq: 6, profile: null },
  ],
  settings: { chatId: CHAT_ID, archived: false, hidden: false, muted: false, mutedUntil: null },
  typing: ['user3'],
  senders: [],
  messages: [message],
  hasMore: false,
};

/** A payload for each event of the service. A new event does not compile without. */
export const everyEvent: { readonly [E in EventName]: EventPayload<E> } = {
  'connection:success': { userId: 123, socketId: 'socket-1', protocol: 1, serverTime: AT },
  'message:new': message,
  'message:notification': { chatId: CHAT_ID, message, sender: null, unreadCount: 3, muted: false },
  'message:updated': { ...message, text: 'Is it sold?', editedAt: AT },
  'message:deleted': { ...message, text: '', deletedAt: AT },
  'message:reaction': {
    chatId: CHAT_ID,
    userId: 123,
    messageId: MESSAGE_ID,
    seq: 7,
    rev: 10,
    emoji: '👍',
    added: true,
    reactions: [{ emoji: '👍', userIds: [123] }],
  },
  'message:read': { chatId: CHAT_ID, userId: 'seller-1', seq: 7 },
  'message:delivered': { chatId: CHAT_ID, userId: 'seller-1', seq: 6 },
  'typing:start': { chatId: CHAT_ID, userId: 123, expiresInMs: 10_000 },
  'typing:stop': { chatId: CHAT_ID, userId: 123 },
  'user:online': { userId: 123 },
  'user:offline': { userId: 123, lastSeenAt: AT },
  'users:online': { userIds: [123] },
  'chat:created': directChat,
  'chat:updated': group,
  'chat:settings': { chatId: CHAT_ID, archived: true, hidden: false, muted: false, mutedUntil: null },
  'chat:removed': { chatId: CHAT_ID, by: 'owner-1' },
  'chat:closed': { ...group, closedAt: AT },
  'chat:reopened': group,
  'status:updated': { status: 'invisible' },
  'user:blocked': { userId: 'user2' },
  'user:unblocked': { userId: 'user2' },
  'auth:error': { error: 'unable to connect; the token is refused', code: 'TOKEN_INVALID' },
  'auth:token-expired': { error: 'Token expired', code: 'TOKEN_EXPIRED' },
  error: { code: 'FORBIDDEN', message: 'unable to run command; it may not be', event: 'some:event' },
  'sync:required': { spreadMs: 2_000 },
  'server:draining': { reconnectInMs: 500 },
};
