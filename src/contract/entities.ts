import { z } from 'zod';
import { Attachment } from './attachments.js';
import { ChatId, MessageId, Timestamp, WireId } from './identifiers.js';
import { GroupRole, SystemNotice } from './system-messages.js';

/** What users send. */
export const UserMessageType = z.enum(['text', 'image', 'file']);
export const MessageType = z.enum([...UserMessageType.options, 'system']);
export type MessageType = z.infer<typeof MessageType>;

export const Reaction = z
  .object({
    emoji: z.string(),
    userIds: z.array(WireId).describe('Everybody who reacted with it, the first one first; never empty'),
  })
  .meta({ id: 'Reaction' });
export type Reaction = z.infer<typeof Reaction>;

export const Message = z
  .object({
    id: MessageId,
    chatId: ChatId,
    seq: z.int().positive().describe('Place in the chat: 1, 2, 3 … without gaps'),
    rev: z.int().positive().describe("The chat's change counter when this message was last written"),
    senderId: WireId.nullable().describe('null where the marketplace itself speaks'),
    type: MessageType,
    text: z.string(),
    system: SystemNotice.optional().describe('What happened; there only where type is system'),
    attachments: z.array(Attachment).describe('The files of an image or file message; empty once it is deleted'),
    replyTo: MessageId.nullable().describe('The message of the same chat that this one answers; it may be deleted'),
    reactions: z.array(Reaction).describe('By emoji, the one first used first; empty once the message is deleted'),
    productId: WireId.nullable(),
    clientMessageId: z.string().describe("The sender's idempotency key; the message's own id where none was sent"),
    createdAt: Timestamp,
    editedAt: Timestamp.nullable(),
    deletedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

export const Chat = z
  .object({
    id: ChatId,
    type: z.enum(['direct', 'group']),
    name: z.string().nullable().describe('Name of a group; null in a direct chat'),
    buyerId: WireId.nullable().describe('null in a group'),
    sellerId: WireId.nullable().describe('null in a group'),
    productId: WireId.nullable().describe('The product being talked about now'),
    lastSeq: z.int().nonnegative(),
    rev: z.int().nonnegative(),
    createdAt: Timestamp,
    closedAt: Timestamp.nullable().describe(
      'Since when the marketplace lets nothing more be said in it; null while it is open',
    ),
  })
  .meta({ id: 'Chat' });
export type Chat = z.infer<typeof Chat>;

export const Profile = z
  .object({
    username: z.string().nullable(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    role: z.string().nullable().describe('The role in the marketplace, not in a chat'),
  })
  .meta({ id: 'Profile' });
export type Profile = z.infer<typeof Profile>;

export const UserProfile = Profile.extend({ userId: WireId }).meta({ id: 'UserProfile' });
export type UserProfile = z.infer<typeof UserProfile>;

export const Member = z
  .object({
    userId: WireId,
    role: z
      .enum(['buyer', 'seller', ...GroupRole.options])
      .describe('buyer and seller in a direct chat, the others in a group'),
    online: z.boolean(),
    lastReadSeq: z.int().nonnegative(),
    lastDeliveredSeq: z.int().nonnegative(),
    profile: Profile.nullable().describe('As the marketplace last told it; null before the user first connected'),
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;

export const Marks = z
  .object({
    chatId: ChatId,
    userId: WireId,
    lastReadSeq: z.int().nonnegative().describe('Has read everything up to this seq'),
    lastDeliveredSeq: z
      .int()
      .nonnegative()
      .describe('Has received everything up to this seq; never behind lastReadSeq'),
  })
  .meta({ id: 'Marks' });
export type Marks = z.infer<typeof Marks>;

export const MessageVersion = z
  .object({
    chatId: ChatId,
    messageId: MessageId,
    rev: z.int().positive().describe('The rev that the message had while it said this'),
    text: z.string(),
    attachments: z.array(Attachment),
    editorId: WireId.nullable().describe('Who edited or deleted it then; null where the marketplace did'),
    replacedAt: Timestamp,
  })
  .meta({ id: 'MessageVersion' });
export type MessageVersion = z.infer<typeof MessageVersion>;

export const ChatSettings = z
  .object({
    chatId: ChatId,
    archived: z.boolean().describe('In the archive instead of the inbox, until a new message comes'),
    hidden: z.boolean().describe('In neither of the two, until a new message comes'),
    muted: z.boolean().describe('Messages should make no noise, and do not count in chat:unread-count'),
    mutedUntil: Timestamp.nullable().describe('When muted ends by itself; null where it does not'),
  })
  .meta({ id: 'ChatSettings' });
export type ChatSettings = z.infer<typeof ChatSettings>;

export const InboxChat = z
  .object({
    chat: Chat,
    peer: Member.nullable().describe('The other member of a direct chat; null in a group'),
    lastMessage: Message.nullable().describe('A deleted one is there without its text'),
    activityAt: Timestamp.describe('What the list is ordered by: the last message, or else the opening of the chat'),
    unreadCount: z.int().nonnegative(),
    marks: Marks.describe("The caller's own"),
    settings: ChatSettings.describe("The caller's own"),
  })
  .meta({ id: 'InboxChat' });
export type InboxChat = z.infer<typeof InboxChat>;

export const InboxPage = z
  .object({
    chats: z.array(InboxChat).describe('The latest activity first'),
    senders: z.array(UserProfile).describe("The last messages' authors, as far as the marketplace has told of them"),
    nextCursor: z.string().nullable().describe('For the next page; null on the last one'),
  })
  .meta({ id: 'InboxPage' });
export type InboxPage = z.infer<typeof InboxPage>;

export const MessagePage = z
  .object({
    messages: z.array(Message).describe('In seq order, oldest first'),
    hasMore: z.boolean().describe('Whether more lie beyond the page in the direction asked for'),
    senders: z.array(UserProfile).describe("The messages' authors, as far as the marketplace has told of them"),
  })
  .meta({ id: 'MessagePage' });
export type MessagePage = z.infer<typeof MessagePage>;

export const SyncedChat = z
  .object({
    chatId: ChatId,
    resync: z.boolean().describe('The cursor is of no use: join the chat anew and drop what was kept of it'),
    rev: z.int().nonnegative().describe('The next cursor; messages up to it are complete'),
    hasMore: z.boolean().describe('Ask again with the new rev'),
    closedAt: Timestamp.nullable().describe('As in Chat; it changes without a new rev. Of no meaning with resync'),
    messages: z.array(Message).describe('New and changed messages in rev order'),
  })
  .meta({ id: 'SyncedChat' });
export type SyncedChat = z.infer<typeof SyncedChat>;

export const JoinedChat = MessagePage.extend({
  chat: Chat.describe('Read before the messages: its rev is a safe position to sync from'),
  members: z.array(Member),
  settings: ChatSettings.describe("The caller's own"),
  typing: z.array(WireId).describe('Members who are typing now'),
}).meta({ id: 'JoinedChat' });
export type JoinedChat = z.infer<typeof JoinedChat>;

export const InspectedChat = JoinedChat.omit({ settings: true }).meta({ id: 'InspectedChat' });
export type InspectedChat = z.infer<typeof InspectedChat>;
