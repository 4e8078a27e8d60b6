import { z } from 'zod';
import { WireId } from './identifiers.js';

/** The roles of a group. The first owner is who created it; there may be several. */
export const GroupRole = z.enum(['owner', 'moderator', 'member']).describe('Role in a group');
export type GroupRole = z.infer<typeof GroupRole>;

/**
 * What a message of type `system` tells, for clients that say it in the user's own language. Kinds are only ever added;
 * a client that does not know one shows the message's `text`.
 */
export const SystemNotice = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('group_created'), name: z.string(), userIds: z.array(WireId) }),
    z.object({ kind: z.literal('members_added'), userIds: z.array(WireId) }),
    z.object({ kind: z.literal('member_removed'), userId: WireId }),
    z.object({
      kind: z.literal('member_left'),
      userId: WireId,
      newOwnerId: WireId.nullable().describe('Who owns the group now, where the last owner left'),
    }),
    z.object({ kind: z.literal('role_changed'), userId: WireId, role: GroupRole }),
    z.object({ kind: z.literal('group_renamed'), name: z.string() }),
    z.object({
      kind: z.literal('notice'),
      code: z.string().min(1).max(64).describe('What the marketplace tells, such as order_shipped'),
      params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ])
  .meta({ id: 'SystemNotice' });
export type SystemNotice = z.infer<typeof SystemNotice>;
