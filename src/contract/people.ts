import { z } from 'zod';
import { ChatId, MessageId, Timestamp, WireId } from './identifiers.js';

export const BlockedUser = z.object({ userId: WireId, blockedAt: Timestamp }).meta({ id: 'BlockedUser' });
export type BlockedUser = z.infer<typeof BlockedUser>;

export const UserStatus = z
  .object({
    userId: WireId,
    online: z.boolean(),
    lastSeenAt: Timestamp.nullable().describe('When the last connection ended; null while online, and where unknown'),
  })
  .meta({ id: 'UserStatus' });
export type UserStatus = z.infer<typeof UserStatus>;

/** How a user wishes to be seen; it outlives his connections. */
export const Visibility = z.enum(['online', 'invisible']).describe('invisible: offline in the eyes of everybody else');
export type Visibility = z.infer<typeof Visibility>;

export const ReportReason = z.enum(['spam', 'fraud', 'abuse', 'illegal', 'other']);
export type ReportReason = z.infer<typeof ReportReason>;

export const Report = z
  .object({
    chatId: ChatId,
    messageId: MessageId,
    reason: ReportReason,
    comment: z.string().nullable(),
    reportedAt: Timestamp,
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof Report>;
