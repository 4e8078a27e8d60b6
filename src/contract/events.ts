import { z } from 'zod';
import type { CommandData, CommandInput, CommandName } from './commands.js';
import { Chat, ChatSettings, Message, Reaction, UserProfile } from './entities.js';
import { type Ack, ErrorCode } from './errors.js';
import { ChatId, MessageId, Timestamp, WireId } from './identifiers.js';
import { Visibility } from './people.js';

interface EventDefinition<P extends z.ZodType> {
  summary: string;
  payload: P;
}

function event<P extends z.ZodType>(definition: EventDefinition<P>) {
  return Object.freeze(definition);
}

const AuthFailure = z.object({ error: z.string(), code: ErrorCode });
const userInChat = z.object({ chatId: ChatId, userId: WireId });

/** Every event the service sends, by name. Acks are not events. */
export const events = {
  'connection:success': event({
    summary: 'The connection is authenticated; commands are welcome',
    payload: z.object({ userId: WireId, socketId: z.string(), protocol: z.int(), serverTime: Timestamp }),
  }),
  'message:new': event({
    summary: "A message was stored; to the sockets that joined its chat, the sender's too",
    payload: Message,
  }),
  'message:notification': event({
    summary: "A message was stored; to the other members' sockets that did not join its chat",
    payload: z.object({
      chatId: ChatId,
      message: Message,
      sender: UserProfile.nullable().describe('Null where the marketplace has not told of the sender'),
      unreadCount: z.int().nonnegative().describe("The receiver's unread messages up to this one"),
      muted: z.boolean().describe('Whether the receiver has muted the chat: show it, but make no noise'),
    }),
  }),
  'message:updated': event({
    summary: 'A message has another text; to the sockets that joined its chat',
    payload: Message,
  }),
  'message:deleted': event({
    summary: 'A message was deleted: its text is empty, its attachments are gone; to the sockets that joined its chat',
    payload: Message,
  }),
  'message:reaction': event({
    summary: 'A member reacted to a message, or took a reaction back; to the sockets that joined its chat',
    payload: userInChat.extend({
      messageId: MessageId,
      seq: z.int().positive(),
      rev: z.int().positive().describe("The message's rev with this change"),
      emoji: z.string(),
      added: z.boolean().describe('Whether it was added; else it was taken back'),
      reactions: z.array(Reaction).describe('All reactions to the message now'),
    }),
  }),
  'message:read': event({
    summary: "A member has read up to seq; to the chat and to all of the member's own sockets",
    payload: userInChat.extend({ seq: z.int().positive() }),
  }),
  'message:delivered': event({
    summary: "A member has received up to seq; to the chat and to all of the member's own sockets",
    payload: userInChat.extend({ seq: z.int().positive() }),
  }),
  'typing:start': event({
    summary: 'A member types; to the other sockets that joined the chat. Repeated while it goes on',
    payload: userInChat.extend({ expiresInMs: z.int().positive() }),
  }),
  'typing:stop': event({
    summary: 'A member stopped typing, sent a message, went away, or fell silent',
    payload: userInChat,
  }),
  'user:online': event({
    summary: 'A user the receiver shares a chat with came online',
    payload: z.object({ userId: WireId }),
  }),
  'user:offline': event({
    summary: 'A user the receiver shares a chat with went offline',
    payload: z.object({ userId: WireId, lastSeenAt: Timestamp }),
  }),
  'users:online': event({
    summary: 'The answer to the command users:online when it came without an ack callback',
    payload: z.object({ userIds: z.array(WireId) }),
  }),
  'status:updated': event({
    summary: "The receiver's own wish to be seen changed; to all of his sockets",
    payload: z.object({ status: Visibility }),
  }),
  'user:blocked': event({
    summary: "The receiver has blocked a user; to all of the receiver's sockets, and nobody else's",
    payload: z.object({ userId: WireId }),
  }),
  'user:unblocked': event({
    summary: "The receiver took a block back; to all of the receiver's sockets, and nobody else's",
    payload: z.object({ userId: WireId }),
  }),
  'chat:created': event({
    summary:
      'A chat was opened; to its members. To the new members when they are added to a group. To the asking socket alone when the chat existed already',
    payload: Chat,
  }),
  'chat:updated': event({
    summary: "The chat's product, name or members changed; to its members",
    payload: Chat,
  }),
  'chat:settings': event({
    summary: "The user's own settings of a chat; to all of the user's sockets, the asking one too",
    payload: ChatSettings,
  }),
  'chat:removed': event({
    summary: 'The receiver is no member of the group any more: drop the chat',
    payload: z.object({ chatId: ChatId, by: WireId.describe('Who removed him; he himself where he left') }),
  }),
  'chat:closed': event({
    summary:
      'The marketplace closed the chat: it can be read, and nothing can be said in it; to its members. May come again',
    payload: Chat,
  }),
  'chat:reopened': event({
    summary: 'The marketplace opened the chat again; to its members. May come again',
    payload: Chat,
  }),
  'auth:error': event({
    summary: 'The connection is refused, or the sessions of its user were ended; it will be closed',
    payload: AuthFailure,
  }),
  'auth:token-expired': event({
    summary: 'The token expired; refresh it within the grace time or be disconnected',
    payload: AuthFailure,
  }),
  error: event({
    summary: 'A command that came without an ack callback failed',
    payload: z.object({ code: ErrorCode, message: z.string(), event: z.string() }),
  }),
  'sync:required': event({
    summary: 'Events may have been missed; send chat:sync after a random delay of at most spreadMs',
    payload: z.object({ spreadMs: z.int().nonnegative() }),
  }),
  'server:draining': event({
    summary: 'This instance goes away; reconnect after reconnectInMs',
    payload: z.object({ reconnectInMs: z.int().nonnegative() }),
  }),
} as const;

export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]['payload']>;

/** Socket.IO's typed map of what a client may listen to. */
export type ServerToClientEvents = {
  [E in EventName]: (payload: EventPayload<E>) => void;
};

type AckCallback<C extends CommandName> = (answer: Ack<CommandData<C>>) => void;

/** Socket.IO's typed map of what a client may emit: the payload, then an ack callback (optional). */
export type ClientToServerEvents = {
  [C in CommandName]: undefined extends CommandInput<C>
    ? (payload?: CommandInput<C>, ack?: AckCallback<C>) => void
    : (payload: CommandInput<C>, ack?: AckCallback<C>) => void;
};
