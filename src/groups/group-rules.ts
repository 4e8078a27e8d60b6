import { ChatError, type GroupRole, type SystemNotice, toWireId } from '../contract/index.js';

export interface GroupMember {
  userId: string;
  role: 'buyer' | 'seller' | GroupRole;
}

/** A chat as the rules see it, under its lock. */
export interface Group {
  type: 'direct' | 'group';
  name: string | null;
  /** Whether the marketplace has closed the chat. */
  closed: boolean;
  /** The longest-standing first. */
  members: readonly GroupMember[];
  /** Of who might be added: those who have blocked the actor. */
  blockers: readonly string[];
}

/** What is to become of a group, and the notice that tells it. */
export interface GroupChange {
  added: readonly string[];
  removed: readonly string[];
  roles: readonly { userId: string; role: GroupRole }[];
  /** The new name; `null` keeps the old one. */
  name: string | null;
  notice: SystemNotice;
}

/**
 * Decides on a change; `null` where everything is so already. Throws a ChatError where it may not be: in a closed chat nothing
 * changes any more, but that everybody may leave it.
 */
export type GroupJudge = (group: Group) => GroupChange | null;

/** Owners and moderators add members, but nobody who has blocked them; who is in already stays as he is. */
export function judgeAdd(
  group: Group,
  actorId: string,
  userIds: readonly string[],
  maxMembers: number,
): GroupChange | null {
  const operation = 'add members';
  const actor = actorIn(group, actorId, operation);
  if (actor.role === 'member') {
    throw new ChatError('FORBIDDEN', operation, 'only its owners and moderators may add members');
  }
  const present = new Set(group.members.map(({ userId }) => userId));
  const added = [...new Set(userIds)].filter((userId) => !present.has(userId));
  if (added.length === 0) {
    return null;
  }
  requireOpen(group, operation);
  if (added.some((userId) => group.blockers.includes(userId))) {
    throw ChatError.blockedByNewcomer(operation);
  }
  if (present.size + added.length > maxMembers) {
    throw new ChatError('GROUP_FULL', operation, `a group has at most ${maxMembers} members`, {
      details: { maxMembers, members: present.size },
    });
  }
  return change({ kind: 'members_added', userIds: added.map(toWireId) }, { added });
}

/** Owners remove anybody, moderators plain members, and everybody himself. Who is not in stays out. */
export function judgeRemove(group: Group, actorId: string, userId: string): GroupChange | null {
  const operation = 'remove member';
  const actor = actorIn(group, actorId, operation);
  if (userId === actorId) {
    return leaving(group, actor);
  }
  const target = group.members.find((member) => member.userId === userId);
  if (actor.role !== 'owner' && (actor.role !== 'moderator' || (target !== undefined && target.role !== 'member'))) {
    throw new ChatError('FORBIDDEN', operation, 'its owners may remove anybody, its moderators plain members');
  }
  if (target === undefined) {
    return null;
  }
  requireOpen(group, operation);
  return change({ kind: 'member_removed', userId: toWireId(userId) }, { removed: [userId] });
}

/** Everybody may leave. A group that has members has an owner: the last one leaves it to who stood by longest. */
export function judgeLeave(group: Group, actorId: string): GroupChange {
  return leaving(group, actorIn(group, actorId, 'leave group'));
}

/** Owners name the group. */
export function judgeRename(group: Group, actorId: string, name: string): GroupChange | null {
  const operation = 'rename group';
  requireOwner(actorIn(group, actorId, operation), operation);
  if (name === group.name) {
    return null;
  }
  requireOpen(group, operation);
  return change({ kind: 'group_renamed', name }, { name });
}

/** Owners give roles, their own included; but a group keeps an owner. */
export function judgeRole(group: Group, actorId: string, userId: string, role: GroupRole): GroupChange | null {
  const operation = 'change role';
  requireOwner(actorIn(group, actorId, operation), operation);
  const target = group.members.find((member) => member.userId === userId);
  if (target === undefined) {
    throw new ChatError('VALIDATION_FAILED', operation, 'userId: is no member of the group; add him first', {
      details: [{ path: 'userId', message: 'is no member of the group' }],
    });
  }
  if (target.role === role) {
    return null;
  }
  requireOpen(group, operation);
  if (target.role === 'owner' && ownersBeside(group, userId).length === 0) {
    throw new ChatError('FORBIDDEN', operation, 'a group needs an owner; make somebody else one first');
  }
  return change({ kind: 'role_changed', userId: toWireId(userId), role }, { roles: [{ userId, role }] });
}

function leaving(group: Group, { userId, role }: GroupMember): GroupChange {
  const others = group.members.filter((member) => member.userId !== userId);
  const orphaned = role === 'owner' && ownersBeside(group, userId).length === 0;
  const heir = orphaned ? (others.find((member) => member.role === 'moderator') ?? others[0]) : undefined;
  return change(
    { kind: 'member_left', userId: toWireId(userId), newOwnerId: heir === undefined ? null : toWireId(heir.userId) },
    { removed: [userId], roles: heir === undefined ? [] : [{ userId: heir.userId, role: 'owner' }] },
  );
}

/** A stranger learns nothing, not even that the chat is no group. */
function actorIn(group: Group, actorId: string, operation: string): GroupMember {
  const actor = group.members.find(({ userId }) => userId === actorId);
  if (actor === undefined) {
    throw ChatError.chatNotFound(operation);
  }
  if (group.type === 'direct') {
    throw new ChatError('FORBIDDEN', operation, 'the chat of a buyer and a seller is no group');
  }
  return actor;
}

function requireOwner(actor: GroupMember, operation: string): void {
  if (actor.role !== 'owner') {
    throw new ChatError('FORBIDDEN', operation, 'only its owners may do this');
  }
}

function requireOpen({ closed }: Group, operation: string): void {
  if (closed) {
    throw ChatError.chatClosed(operation);
  }
}

function ownersBeside(group: Group, userId: string): readonly GroupMember[] {
  return group.members.filter((member) => member.role === 'owner' && member.userId !== userId);
}

function change(notice: SystemNotice, what: Partial<GroupChange>): GroupChange {
  return { added: [], removed: [], roles: [], name: null, ...what, notice };
}
