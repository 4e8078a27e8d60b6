import { z } from 'zod';
import { Attachment, FileName, FileSize, MimeType } from './attachments.js';
import { command, inChat, Nothing, ofMessage } from './command.js';
import { Emoji } from './emoji.js';
import {
  Chat,
  ChatSettings,
  InboxPage,
  JoinedChat,
  Marks,
  Message,
  MessagePage,
  SyncedChat,
  UserMessageType,
} from './entities.js';
import { ClientMessageId, MessageId, ProductId, storableText, Timestamp, UserId, WireId } from './identifiers.js';
import {
  ATTACHMENTS_MAX,
  GROUP_MEMBERS_MAX,
  GROUP_NAME_MAX,
  HISTORY_PAGE_DEFAULT,
  HISTORY_PAGE_MAX,
  INBOX_PAGE_DEFAULT,
  INBOX_PAGE_MAX,
  ONLINE_USERS_MAX,
  SYNC_CHATS_MAX,
} from './limits.js';
import { peopleCommands } from './people-commands.js';
import { GroupRole } from './system-messages.js';

const seq = z.int().nonnegative().max(2_147_483_647);

/** How far a receipt reaches: up to a message, up to a seq, or, without either, up to the last message. */
const upTo = inChat
  .extend({ messageId: MessageId.optional(), seq: seq.optional() })
  .refine((receipt) => receipt.messageId === undefined || receipt.seq === undefined, {
    message: 'takes messageId or seq, not both',
  });

const groupName = storableText
  .trim()
  .min(1, 'is empty')
  .max(GROUP_NAME_MAX, `is longer than ${GROUP_NAME_MAX} characters`);
const newMembers = z.array(UserId).min(1, 'is empty').max(GROUP_MEMBERS_MAX);

const newDirectChat = z.object({
  type: z.literal('direct').optional(),
  buyerId: UserId,
  sellerId: UserId,
  productId: ProductId.nullish(),
});
const newGroup = z.object({
  type: z.literal('group'),
  name: groupName,
  userIds: newMembers.describe('The other members; the caller becomes the owner'),
  clientChatId: ClientMessageId.nullish().describe("The creator's idempotency key, at most 128 characters"),
});

/** Every command of protocol 1, by the name of its event. */
export const commands = {
  'auth:refresh-token': command({
    operation: 'refresh token',
    summary: 'Swap the token of this connection for a newer one of the same user',
    payload: z.object({ token: z.string().min(1, 'is empty') }),
    data: z.object({ userId: WireId, expiresAt: Timestamp }),
    rate: 'command',
  }),
  'chat:create': command({
    operation: 'create chat',
    summary:
      'Open the chat of a buyer and a seller, or get the one they have; the caller is one of the two. With type group, open a new group',
    payload: z.discriminatedUnion('type', [newDirectChat, newGroup]),
    data: Chat,
    rate: 'command',
  }),
  'chat:get': command({
    operation: 'read chat',
    summary: 'The present state of a chat, without receiving its live events',
    payload: inChat.extend({ limit: z.int().min(1).max(HISTORY_PAGE_MAX).default(HISTORY_PAGE_DEFAULT) }),
    data: JoinedChat,
    rate: 'command',
  }),
  'chat:list': command({
    operation: 'list chats',
    summary: "Page through the caller's chats, the latest activity first; with archived, through the archive",
    payload: z
      .object({
        cursor: z.string().max(128).nullish().describe('nextCursor of the page before; without it, the first page'),
        limit: z.int().min(1).max(INBOX_PAGE_MAX).default(INBOX_PAGE_DEFAULT),
        archived: z.boolean().default(false),
      })
      .nullish()
      .transform((payload) => payload ?? { cursor: null, limit: INBOX_PAGE_DEFAULT, archived: false }),
    data: InboxPage,
    rate: 'command',
  }),
  'chat:unread-count': command({
    operation: 'count unread messages',
    summary: "What is unread in the caller's inbox, without muted and archived chats",
    payload: z
      .object({})
      .nullish()
      .transform((payload) => payload ?? {}),
    data: z.object({
      unreadCount: z.int().nonnegative().describe('Unread messages'),
      unreadChats: z.int().nonnegative().describe('Chats with unread messages'),
    }),
    rate: 'command',
  }),
  'chat:settings': command({
    operation: 'change chat settings',
    summary: 'Archive, hide or mute a chat for the caller alone; what is left out stays as it is',
    payload: inChat
      .extend({
        archived: z.boolean().optional(),
        hidden: z.boolean().optional(),
        muted: z.boolean().optional(),
        mutedUntil: Timestamp.optional().describe('Mutes until then; muted alone has no end'),
      })
      .refine((change) => !(change.archived === true && change.hidden === true), {
        message: 'takes archived or hidden, not both',
      })
      .refine((change) => change.mutedUntil === undefined || change.muted !== false, {
        message: 'takes mutedUntil to mute, not to unmute',
      }),
    data: ChatSettings,
    rate: 'command',
  }),
  'chat:hide': command({
    operation: 'hide chat',
    summary:
      "Take a chat out of the caller's inbox and archive until a new message comes; nothing is deleted for anybody",
    payload: inChat,
    data: ChatSettings,
    rate: 'command',
  }),
  'chat:join': command({
    operation: 'join chat',
    summary: 'Receive the live events of a chat on this connection, and its present state',
    payload: inChat.extend({ limit: z.int().min(1).max(HISTORY_PAGE_MAX).default(HISTORY_PAGE_DEFAULT) }),
    data: JoinedChat,
    rate: 'command',
  }),
  'chat:leave': command({
    operation: 'leave chat',
    summary: 'Stop receiving the live events of a chat on this connection; membership stays',
    // Whether the id could be a chat's must make no difference: any room that was never joined is left already.
    payload: z.object({ chatId: z.string().toLowerCase().describe('A chat: UUID. Of anything else nothing is left') }),
    data: Nothing,
    rate: 'command',
  }),
  'chat:history': command({
    operation: 'read history',
    summary: 'Page through a chat, back from beforeSeq or on from afterSeq; without either, the latest page',
    payload: inChat
      .extend({
        beforeSeq: seq.optional(),
        afterSeq: seq.optional(),
        limit: z.int().min(1).max(HISTORY_PAGE_MAX).default(HISTORY_PAGE_DEFAULT),
      })
      .refine((page) => page.beforeSeq === undefined || page.afterSeq === undefined, {
        message: 'takes beforeSeq or afterSeq, not both',
      }),
    data: MessagePage,
    rate: 'command',
  }),
  'chat:sync': command({
    operation: 'sync chats',
    summary: 'Catch up: for each chat, what is new or changed after rev, in the order asked',
    payload: z.object({ chats: z.array(inChat.extend({ rev: seq })).max(SYNC_CHATS_MAX) }),
    data: z.object({ chats: z.array(SyncedChat) }),
    rate: 'command',
  }),
  'group:add': command({
    operation: 'add members',
    summary: 'Add users to a group; who is in it already stays as he is',
    payload: inChat.extend({ userIds: newMembers }),
    data: Chat,
    rate: 'command',
  }),
  'group:remove': command({
    operation: 'remove member',
    summary: 'Take a member out of a group; who is not in it stays out. Removing oneself is leaving',
    payload: inChat.extend({ userId: UserId }),
    data: Chat,
    rate: 'command',
  }),
  'group:leave': command({
    operation: 'leave group',
    summary:
      'Give up the membership of a group; where its last owner leaves, the longest-standing moderator, else member, owns it',
    payload: inChat,
    data: Nothing,
    rate: 'command',
  }),
  'group:rename': command({
    operation: 'rename group',
    summary: 'Give a group another name; for its owners',
    payload: inChat.extend({ name: groupName }),
    data: Chat,
    rate: 'command',
  }),
  'group:role': command({
    operation: 'change role',
    summary: 'Make a member of a group its owner, a moderator or a plain member; for its owners',
    payload: inChat.extend({ userId: UserId, role: GroupRole }),
    data: Chat,
    rate: 'command',
  }),
  'message:send': command({
    operation: 'send message',
    summary: 'Store a message and deliver it; the answer comes after the commit',
    payload: inChat.extend({
      type: UserMessageType.nullish().describe(
        'Default: text without attachments, image where all are images, else file',
      ),
      text: storableText.describe('May be empty in an image or file message'),
      attachments: z.array(Attachment).max(ATTACHMENTS_MAX).nullish(),
      replyTo: MessageId.nullish().describe('A message of the same chat'),
      productId: ProductId.nullish(),
      clientMessageId: ClientMessageId.nullish(),
    }),
    data: Message,
    rate: 'message',
  }),
  'message:get': command({
    operation: 'read message',
    summary: 'One message as it stands now, such as the one that a reply answers',
    payload: ofMessage,
    data: Message,
    rate: 'command',
  }),
  'message:edit': command({
    operation: 'edit message',
    summary: "Give one's own message another text, within the deployment's time window",
    payload: ofMessage.extend({ text: storableText }),
    data: Message,
    rate: 'message',
  }),
  'message:react': command({
    operation: 'react to message',
    summary: 'Put an emoji on a message; again, it changes nothing',
    payload: ofMessage.extend({ emoji: Emoji }),
    data: Message,
    rate: 'message',
  }),
  'message:unreact': command({
    operation: 'take reaction back',
    summary: "Take one's own emoji off a message; without it there, it changes nothing",
    payload: ofMessage.extend({ emoji: Emoji }),
    data: Message,
    rate: 'message',
  }),
  'message:delete': command({
    operation: 'delete message',
    summary: "Delete one's own message, or any as the chat's moderator: its place stays, its content is gone",
    payload: ofMessage,
    data: Message,
    rate: 'command',
  }),
  'upload:create': command({
    operation: 'create upload',
    summary: 'Get a form to upload one file with, straight to the store, and the address to attach it by',
    payload: inChat.extend({ name: FileName, mimeType: MimeType, size: FileSize }),
    data: z.object({
      url: z.string().describe('Where to POST the form, as multipart/form-data'),
      fields: z.record(z.string(), z.string()).describe('Fields of the form, all before the field file'),
      fileUrl: z.string().describe('The url of the attachment'),
      expiresAt: Timestamp.describe('When the upload must have begun'),
    }),
    rate: 'message',
  }),
  'message:read': command({
    operation: 'mark as read',
    summary: 'The caller has read up to a message, or all; marks only move forward',
    payload: upTo,
    data: Marks,
    rate: 'command',
  }),
  'message:delivered': command({
    operation: 'mark as delivered',
    summary: 'The caller has received up to a message, or all; marks only move forward',
    payload: upTo,
    data: Marks,
    rate: 'command',
  }),
  'typing:start': command({
    operation: 'start typing',
    summary: 'Show the other members that the caller types; it lapses by itself',
    payload: inChat,
    data: Nothing,
    rate: 'command',
  }),
  'typing:stop': command({
    operation: 'stop typing',
    summary: 'Take the typing sign back',
    payload: inChat,
    data: Nothing,
    rate: 'command',
  }),
  'users:online': command({
    operation: 'list online users',
    summary: "Which of the caller's contacts are online; with userIds, which of those contacts",
    payload: z
      .object({ userIds: z.array(UserId).max(ONLINE_USERS_MAX).optional() })
      .nullish()
      .transform((payload) => payload ?? {}),
    data: z.object({ userIds: z.array(WireId) }),
    rate: 'command',
  }),
  ...peopleCommands,
} as const;

export type CommandName = keyof typeof commands;
/** What a client may send. */
export type CommandInput<C extends CommandName> = z.input<(typeof commands)[C]['payload']>;
/** What a handler is given: parsed, defaults filled in, ids as text. */
export type CommandPayload<C extends CommandName> = z.output<(typeof commands)[C]['payload']>;
/** What the ack carries on success. */
export type CommandData<C extends CommandName> = z.output<(typeof commands)[C]['data']>;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
