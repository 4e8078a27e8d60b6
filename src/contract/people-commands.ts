import { z } from 'zod';
import { command, Nothing, ofMessage } from './command.js';
import { ChatId, MessageId, storableText, UserId } from './identifiers.js';
import {
  BLOCKED_PAGE_DEFAULT,
  BLOCKED_PAGE_MAX,
  REPORT_COMMENT_MAX,
  SEARCH_PAGE_DEFAULT,
  SEARCH_PAGE_MAX,
  SEARCH_QUERY_MAX,
} from './limits.js';
import { BlockedUser, Report, ReportReason, UserStatus, Visibility } from './people.js';
import { SearchPage } from './search.js';

const ofUser = z.object({ userId: UserId });

/** What users want of each other beside talking: being seen, blocking, reporting; and finding what they said. */
export const peopleCommands = {
  'user:status': command({
    operation: 'read status',
    summary: 'Whether a contact is online, and when he was last seen; a stranger is answered like one nobody knows',
    payload: ofUser,
    data: UserStatus,
    rate: 'command',
  }),
  'status:update': command({
    operation: 'update status',
    summary: 'Be seen by contacts, or be offline in their eyes; stands until it is changed, also after a reconnect',
    payload: z.object({ status: Visibility }),
    data: z.object({ status: Visibility }),
    rate: 'command',
  }),
  'user:block': command({
    operation: 'block user',
    summary: 'In direct chats with this user nobody writes any more; blocking again changes nothing',
    payload: ofUser,
    data: BlockedUser,
    rate: 'command',
  }),
  'user:unblock': command({
    operation: 'unblock user',
    summary: 'Take a block back; where there is none, nothing changes',
    payload: ofUser,
    data: Nothing,
    rate: 'command',
  }),
  'users:blocked': command({
    operation: 'list blocked users',
    summary: 'Whom the caller has blocked, in the order of their ids; the next page follows afterUserId',
    payload: z
      .object({
        afterUserId: UserId.optional(),
        limit: z.int().min(1).max(BLOCKED_PAGE_MAX).default(BLOCKED_PAGE_DEFAULT),
      })
      .nullish()
      .transform((payload) => payload ?? { limit: BLOCKED_PAGE_DEFAULT }),
    data: z.object({ users: z.array(BlockedUser), hasMore: z.boolean() }),
    rate: 'command',
  }),
  'message:report': command({
    operation: 'report message',
    summary: "Tell the marketplace of another member's message; a second report of it answers like the first",
    payload: ofMessage.extend({
      reason: ReportReason,
      comment: storableText.max(REPORT_COMMENT_MAX).nullish(),
    }),
    data: Report,
    rate: 'command',
  }),
  'message:search': command({
    operation: 'search messages',
    summary: "Find messages by their words, in one chat or in all of the caller's, newest first",
    payload: z.object({
      query: storableText.min(1, 'is empty').max(SEARCH_QUERY_MAX, `is longer than ${SEARCH_QUERY_MAX} characters`),
      chatId: ChatId.optional(),
      cursor: MessageId.optional().describe('nextCursor of the page before'),
      limit: z.int().min(1).max(SEARCH_PAGE_MAX).default(SEARCH_PAGE_DEFAULT),
    }),
    data: SearchPage,
    rate: 'search',
  }),
} as const;
