import { z } from 'zod';
import { ChatId, MessageId, Timestamp, WireId } from './identifiers.js';

export const Message = z
  .object({
    id: MessageId,
    chatId: ChatId,
    seq: z.int().positive().describe('Place in the chat: 1, 2, 3 … without gaps'),
    rev: z.int().positive().describe("The chat's change counter when this message was last written"),
    senderId: WireId,
    type: z.enum(['text']),
    text: z.string(),
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
    type: z.enum(['direct']),
    buyerId: WireId,
    sellerId: WireId,
    productId: WireId.nullable().describe('The product being talked about now'),
    lastSeq: z.int().nonnegative(),
    rev: z.int().nonnegative(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Chat' });
export type Chat = z.infer<typeof Chat>;

export const Member = z
  .object({
    userId: WireId,
    role: z.enum(['buyer', 'seller']),
    online: z.boolean(),
    lastReadSeq: z.int().nonnegative(),
    lastDeliveredSeq: z.int().nonnegative(),
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

export const MessagePage = z
  .object({
    messages: z.array(Message).describe('In seq order, oldest first'),
    hasMore: z.boolean().describe('Whether more lie beyond the page in the direction asked for'),
  })
  .meta({ id: 'MessagePage' });
export type MessagePage = z.infer<typeof MessagePage>;

export const SyncedChat = z
  .object({
    chatId: ChatId,
    resync: z.boolean().describe('The cursor is of no use: join the chat anew and drop what was kept of it'),
    rev: z.int().nonnegative().describe('The next cursor; messages up to it are complete'),
    hasMore: z.boolean().describe('Ask again with the new rev'),
    messages: z.array(Message).describe('New and changed messages in rev order'),
  })
  .meta({ id: 'SyncedChat' });
export type SyncedChat = z.infer<typeof SyncedChat>;

export const JoinedChat = MessagePage.extend({
  chat: Chat.describe('Read before the messages: its rev is a safe position to sync from'),
  members: z.array(Member),
  typing: z.array(WireId).describe('Members who are typing now'),
}).meta({ id: 'JoinedChat' });
export type JoinedChat = z.infer<typeof JoinedChat>;
