import { z } from 'zod';
import { commands } from './commands.js';
import {
  Chat,
  ChatSettings,
  InspectedChat,
  Member,
  Message,
  MessagePage,
  MessageVersion,
  Profile,
} from './entities.js';
import {
  ChatId,
  ClientMessageId,
  MessageId,
  ProductId,
  storableText,
  Timestamp,
  UserId,
  WireId,
} from './identifiers.js';
import {
  ERASURE_STEP_DEFAULT,
  ERASURE_STEP_MAX,
  EXPORT_PAGE_DEFAULT,
  EXPORT_PAGE_MAX,
  HISTORY_PAGE_DEFAULT,
  HISTORY_PAGE_MAX,
  VERSIONS_PAGE_DEFAULT,
  VERSIONS_PAGE_MAX,
} from './limits.js';
import { type Method, type RouteShape, shapeOf } from './routes.js';

/** The header in which the marketplace's servers bring their key. */
export const API_KEY_HEADER = 'X-Api-Key';

interface AdminRouteDefinition<P extends z.ZodType, D extends z.ZodType> {
  /** Completes the sentence "unable to …" in every error of the route. */
  operation: string;
  summary: string;
  payload: P;
  data: D;
  /** The HTTP status of a success. */
  status: 200 | 201;
}

function route<P extends z.ZodType, D extends z.ZodType>(
  definition: Omit<AdminRouteDefinition<P, D>, 'status'>,
  status: 200 | 201 = 200,
): AdminRouteDefinition<P, D> {
  return Object.freeze({ ...definition, status });
}

const Nothing = z.null().describe('Nothing');
const inChat = z.object({ chatId: ChatId });
const onMessage = inChat.extend({ messageId: MessageId });
const ofUser = z.object({ userId: UserId });
const Cursor = z.string().max(2_000).describe('nextCursor of the answer before; without it, the beginning');
const NextCursor = z.string().nullable().describe('Where to go on; null when that was all');

/** One thing that is kept of a user. */
export const ExportItem = z
  .union([
    z.object({
      kind: z.literal('chat'),
      chat: Chat,
      role: Member.shape.role,
      lastReadSeq: Member.shape.lastReadSeq,
      lastDeliveredSeq: Member.shape.lastDeliveredSeq,
      joinedAt: Timestamp,
      settings: ChatSettings,
    }),
    z.object({ kind: z.literal('message'), message: Message.describe('One that the user wrote') }),
    z.object({ kind: z.literal('version'), version: MessageVersion.describe('Of a message that the user wrote') }),
    z.object({
      kind: z.literal('reaction'),
      chatId: ChatId,
      messageId: MessageId,
      emoji: z.array(z.string()).describe('What the user put on the message'),
    }),
    z.object({ kind: z.literal('profile'), profile: Profile.describe('As the marketplace last told it') }),
    z.object({
      kind: z.literal('group_key'),
      clientChatId: z.string().describe('The key under which the user created the group'),
      chatId: ChatId,
    }),
    z.object({
      kind: z.literal('former_chat'),
      chatId: ChatId.describe('A group that the user left or was removed from'),
      removedBy: WireId,
      removedAt: Timestamp,
    }),
    z.object({ kind: z.literal('block'), userId: WireId.describe('Whom the user has blocked'), blockedAt: Timestamp }),
    z.object({
      kind: z.literal('report'),
      chatId: ChatId,
      messageId: MessageId.describe('What the user reported'),
      reason: z.string(),
      comment: z.string().nullable(),
      createdAt: Timestamp,
    }),
    z.object({ kind: z.literal('presence'), lastSeenAt: Timestamp.nullable(), invisible: z.boolean() }),
  ])
  .meta({ id: 'ExportItem' });
export type ExportItem = z.infer<typeof ExportItem>;

/**
 * The API of the marketplace's own servers, below the API's path like all routes. Fields are read as in those of clients.
 * Whoever holds the key acts for the marketplace: no route asks for a membership.
 */
export const adminRoutes = {
  'POST /admin/chats': route({
    operation: 'create chat',
    summary: 'Open the chat of a buyer and a seller, or get the one they have; both are told',
    payload: z.object({ buyerId: UserId, sellerId: UserId, productId: ProductId.nullish() }),
    data: Chat,
  }),
  'GET /admin/chats/:chatId': route({
    operation: 'read chat',
    summary: 'The present state of any chat',
    payload: inChat.extend({ limit: z.int().min(1).max(HISTORY_PAGE_MAX).default(HISTORY_PAGE_DEFAULT) }),
    data: InspectedChat,
  }),
  'GET /admin/chats/:chatId/messages': route({
    operation: 'read history',
    summary: 'Page through any chat, back from beforeSeq or on from afterSeq; without either, the latest page',
    payload: commands['chat:history'].payload,
    data: MessagePage,
  }),
  'POST /admin/chats/:chatId/messages': route(
    {
      operation: 'post system message',
      summary: 'Say something in the name of the marketplace, such as "your order was shipped"; also in a closed chat',
      payload: inChat.extend({
        text: storableText.describe('What it says in plain words, for clients that do not know its code'),
        code: storableText.min(1).max(64).default('notice').describe('What it tells, such as order_shipped'),
        params: z
          .record(storableText, z.union([storableText, z.number(), z.boolean()]))
          .default({})
          .describe('What clients need to say it in the language of their user'),
        productId: ProductId.nullish(),
        clientMessageId: ClientMessageId.nullish(),
      }),
      data: Message,
    },
    201,
  ),
  'GET /admin/chats/:chatId/messages/:messageId/versions': route({
    operation: 'read versions',
    summary: 'What a message said before it was edited or deleted, oldest first',
    payload: onMessage.extend({
      afterRev: z.int().nonnegative().max(2_147_483_647).default(0),
      limit: z.int().min(1).max(VERSIONS_PAGE_MAX).default(VERSIONS_PAGE_DEFAULT),
    }),
    data: z.object({
      versions: z.array(MessageVersion),
      hasMore: z.boolean().describe('Ask again with the rev of the last one as afterRev'),
    }),
  }),
  'DELETE /admin/chats/:chatId/messages/:messageId': route({
    operation: 'delete message',
    summary: "Delete anybody's message, as its author would",
    payload: onMessage,
    data: Message,
  }),
  'POST /admin/chats/:chatId/close': route({
    operation: 'close chat',
    summary: 'Let nothing more be said in a chat. Repeating it tells the members again',
    payload: inChat,
    data: Chat,
  }),
  'POST /admin/chats/:chatId/reopen': route({
    operation: 'reopen chat',
    summary: 'Open a closed chat again. Repeating it tells the members again',
    payload: inChat,
    data: Chat,
  }),
  'POST /admin/users/:userId/cut': route({
    operation: 'cut sessions',
    summary: 'End all sessions of a user: cached tokens count no more, his sockets are closed on all instances',
    payload: ofUser,
    data: Nothing,
  }),
  'GET /admin/users/:userId/export': route({
    operation: 'export user',
    summary:
      'All that is kept of a user, page by page: his chats, his messages, what they said before, his reactions, his profile',
    payload: ofUser.extend({
      cursor: Cursor.optional(),
      limit: z.int().min(1).max(EXPORT_PAGE_MAX).default(EXPORT_PAGE_DEFAULT),
    }),
    data: z.object({
      items: z.array(ExportItem).describe('May be fewer than limit, also none, while there are more'),
      nextCursor: NextCursor,
    }),
  }),
  'POST /admin/users/:userId/erase': route({
    operation: 'erase user',
    summary: 'Cut a user off and delete all that is kept of him, step by step: call it until nextCursor is null',
    payload: ofUser.extend({
      cursor: Cursor.optional(),
      limit: z
        .int()
        .min(1)
        .max(ERASURE_STEP_MAX)
        .default(ERASURE_STEP_DEFAULT)
        .describe('About how many messages this call may look at'),
    }),
    data: z.object({
      messages: z.int().nonnegative().describe('Messages that this call has deleted'),
      versions: z.int().nonnegative().describe('What they said before: versions that this call has removed'),
      reactions: z.int().nonnegative().describe('Messages from which this call has taken his reactions'),
      records: z
        .int()
        .nonnegative()
        .describe('His profile, settings and the like: rows that this call has removed or reset'),
      nextCursor: NextCursor,
    }),
  }),
} as const satisfies Record<`${Method} /admin/${string}`, AdminRouteDefinition<z.ZodType, z.ZodType>>;

export type AdminRouteName = keyof typeof adminRoutes;
/** What a caller may send, wherever the route wants it. */
export type AdminInput<R extends AdminRouteName> = z.input<(typeof adminRoutes)[R]['payload']>;
/** What a handler is given: parsed, defaults filled in, ids as text. */
export type AdminPayload<R extends AdminRouteName> = z.output<(typeof adminRoutes)[R]['payload']>;
/** What the answer carries on success. */
export type AdminData<R extends AdminRouteName> = z.output<(typeof adminRoutes)[R]['data']>;

export interface AdminRoute extends RouteShape, AdminRouteDefinition<z.ZodType, z.ZodType> {
  name: AdminRouteName;
}

/** The table above, taken apart. */
export const adminRouteList: readonly AdminRoute[] = (Object.keys(adminRoutes) as AdminRouteName[]).map((name) => ({
  name,
  ...shapeOf(name),
  ...adminRoutes[name],
}));
