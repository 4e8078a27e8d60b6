import type { Chat, CommandData, CommandName, EventName, EventPayload, Message, WireId } from '../contract/index.js';
import type { AnyEvent } from './dialect.js';

/** The chats and users that a map may want to know more about. Some may be named several times. */
export interface Mentions {
  chatIds: readonly string[];
  userIds: readonly WireId[];
}

const NOTHING: Mentions = { chatIds: [], userIds: [] };

const nothing = (): Mentions => NOTHING;
const ofChat = ({ id }: Chat): Mentions => ({ chatIds: [id], userIds: [] });
const inChat = ({ chatId }: { chatId: string }): Mentions => ({ chatIds: [chatId], userIds: [] });
const ofUser = ({ userId }: { userId: WireId }): Mentions => ({ chatIds: [], userIds: [userId] });
const ofUserInChat = ({ chatId, userId }: { chatId: string; userId: WireId }): Mentions => ({
  chatIds: [chatId],
  userIds: [userId],
});
const ofMessage = ({ chatId, senderId }: Message): Mentions => ({
  chatIds: [chatId],
  userIds: senderId === null ? [] : [senderId],
});
const ofMessages = (messages: readonly Message[]): Mentions => ({
  chatIds: [...new Set(messages.map(({ chatId }) => chatId))],
  userIds: [...new Set(messages.flatMap(({ senderId }) => senderId ?? []))],
});
const together = (...parts: readonly Mentions[]): Mentions => ({
  chatIds: parts.flatMap(({ chatIds }) => chatIds),
  userIds: parts.flatMap(({ userIds }) => userIds),
});
const ofJoinedChat = ({ chat, members, messages }: CommandData<'chat:join'>): Mentions =>
  together(ofChat(chat), ofMessages(messages), { chatIds: [], userIds: members.map(({ userId }) => userId) });

const inEvents: { readonly [E in EventName]: (payload: EventPayload<E>) => Mentions } = {
  'connection:success': ofUser,
  'message:new': ofMessage,
  'message:notification': ({ message }) => ofMessage(message),
  'message:updated': ofMessage,
  'message:deleted': ofMessage,
  'message:reaction': ofUserInChat,
  'message:read': ofUserInChat,
  'message:delivered': ofUserInChat,
  'typing:start': ofUserInChat,
  'typing:stop': ofUserInChat,
  'user:online': ofUser,
  'user:offline': ofUser,
  'users:online': ({ userIds }) => ({ chatIds: [], userIds }),
  'chat:created': ofChat,
  'chat:updated': ofChat,
  'chat:settings': inChat,
  'chat:removed': ({ chatId, by }) => ({ chatIds: [chatId], userIds: [by] }),
  'chat:closed': ofChat,
  'chat:reopened': ofChat,
  'status:updated': nothing,
  'user:blocked': ofUser,
  'user:unblocked': ofUser,
  'auth:error': nothing,
  'auth:token-expired': nothing,
  error: nothing,
  'sync:required': nothing,
  'server:draining': nothing,
};

const inAnswers: { readonly [C in CommandName]: (data: CommandData<C>) => Mentions } = {
  'auth:refresh-token': ofUser,
  'chat:create': ofChat,
  'chat:get': ofJoinedChat,
  'chat:list': ({ chats }) =>
    together(
      ...chats.map(({ chat, peer, lastMessage }) =>
        together(
          ofChat(chat),
          peer === null ? NOTHING : ofUser(peer),
          lastMessage === null ? NOTHING : ofMessage(lastMessage),
        ),
      ),
    ),
  'chat:unread-count': nothing,
  'chat:settings': inChat,
  'chat:hide': inChat,
  'chat:join': ofJoinedChat,
  'chat:leave': nothing,
  'chat:history': ({ messages }) => ofMessages(messages),
  'chat:sync': ({ chats }) => together(...chats.map((chat) => together(inChat(chat), ofMessages(chat.messages)))),
  'group:add': ofChat,
  'group:remove': ofChat,
  'group:leave': nothing,
  'group:rename': ofChat,
  'group:role': ofChat,
  'message:send': ofMessage,
  'message:get': ofMessage,
  'message:edit': ofMessage,
  'message:react': ofMessage,
  'message:unreact': ofMessage,
  'message:delete': ofMessage,
  'upload:create': nothing,
  'message:read': ofUserInChat,
  'message:delivered': ofUserInChat,
  'typing:start': nothing,
  'typing:stop': nothing,
  'users:online': ({ userIds }) => ({ chatIds: [], userIds }),
  'user:status': ofUser,
  'status:update': nothing,
  'user:block': ofUser,
  'user:unblock': nothing,
  'users:blocked': ({ users }) => together(...users.map(ofUser)),
  'message:report': inChat,
  'message:search': ({ results }) => ofMessages(results.map(({ message }) => message)),
};

export function mentionsOfEvent({ name, payload }: AnyEvent): Mentions {
  // The event's type ties its payload to its name; an index by name loses that.
  return (inEvents[name] as (payload: AnyEvent['payload']) => Mentions)(payload);
}

export function mentionsOfAnswer<C extends CommandName>(command: C, data: CommandData<C>): Mentions {
  return inAnswers[command](data);
}
