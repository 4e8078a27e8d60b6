import type { CommandName } from '../../../src/contract/index.js';

/** What becomes of a command that a member sends in a chat that the marketplace has closed. */
export type InClosedChat = 'CHAT_CLOSED' | 'goes on';

/** Every command in a closed chat. A new command does not compile without its line. */
export const closedTable: { [C in CommandName]: InClosedChat } = {
  'auth:refresh-token': 'goes on',
  // Finds the chat, and leaves it about what it is about.
  'chat:create': 'goes on',
  'chat:list': 'goes on',
  'chat:unread-count': 'goes on',
  'chat:settings': 'goes on',
  'chat:hide': 'goes on',
  'chat:get': 'goes on',
  'chat:join': 'goes on',
  'chat:leave': 'goes on',
  'chat:history': 'goes on',
  'chat:sync': 'goes on',
  'group:add': 'CHAT_CLOSED',
  'group:remove': 'CHAT_CLOSED',
  'group:leave': 'goes on',
  'group:rename': 'CHAT_CLOSED',
  'group:role': 'CHAT_CLOSED',
  'message:send': 'CHAT_CLOSED',
  'message:get': 'goes on',
  'message:edit': 'CHAT_CLOSED',
  'message:react': 'CHAT_CLOSED',
  'message:unreact': 'CHAT_CLOSED',
  'message:delete': 'goes on',
  'upload:create': 'CHAT_CLOSED',
  'message:read': 'goes on',
  'message:delivered': 'goes on',
  'typing:start': 'CHAT_CLOSED',
  'typing:stop': 'goes on',
  'users:online': 'goes on',
  'user:status': 'goes on',
  'status:update': 'goes on',
  'user:block': 'goes on',
  'user:unblock': 'goes on',
  'users:blocked': 'goes on',
  'message:report': 'goes on',
  'message:search': 'goes on',
};

/** The commands by which members change what a chat is like for others; what the rest do in a closed one shows in nothing of it. */
export const changesThatGoOn: ReadonlySet<CommandName> = new Set([
  'group:leave',
  'message:delete',
  'message:read',
  'message:delivered',
]);
