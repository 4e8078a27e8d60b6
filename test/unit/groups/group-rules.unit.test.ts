import { describe, expect, it } from 'vitest';
import type { ChatError, GroupRole } from '../../../src/contract/index.js';
import {
  type Group,
  type GroupMember,
  judgeAdd,
  judgeLeave,
  judgeRemove,
  judgeRename,
  judgeRole,
} from '../../../src/groups/group-rules.js';

/** The longest-standing first, as `name:role`. */
function group(...members: string[]): Group {
  const read = (member: string): GroupMember => {
    const [userId = '', role] = member.split(':');
    return { userId, role: role as GroupRole };
  };
  return { type: 'group', name: 'Delivery', closed: false, members: members.map(read), blockers: [] };
}

const usual = group('ann:owner', 'bob:moderator', 'cid:member', 'dan:moderator', 'eve:member');
const direct: Group = {
  type: 'direct',
  name: null,
  closed: false,
  blockers: [],
  members: [
    { userId: 'ann', role: 'buyer' },
    { userId: 'bob', role: 'seller' },
  ],
};

function codeOf(judge: () => unknown): string {
  try {
    judge();
  } catch (error) {
    return (error as ChatError).code;
  }
  return 'allowed';
}

/** Every change, as somebody asks for it. */
const changes: [string, (of: Group, actorId: string) => unknown][] = [
  ['adding', (of, actorId) => judgeAdd(of, actorId, ['new'], 10)],
  ['removing a plain member', (of, actorId) => judgeRemove(of, actorId, 'eve')],
  ['removing a moderator', (of, actorId) => judgeRemove(of, actorId, 'dan')],
  ['removing an owner', (of, actorId) => judgeRemove(of, actorId, 'ann')],
  ['leaving', (of, actorId) => judgeLeave(of, actorId)],
  ['renaming', (of, actorId) => judgeRename(of, actorId, 'New name')],
  ['giving a role', (of, actorId) => judgeRole(of, actorId, 'eve', 'moderator')],
];

const allowedTo: Record<string, string[]> = {
  ann: changes.map(([name]) => name),
  bob: ['adding', 'removing a plain member', 'leaving'],
  cid: ['leaving'],
};

describe.each(changes)('%s', (name, judge) => {
  it.each(Object.keys(allowedTo))('by %s is judged by the role', (actorId) => {
    expect(codeOf(() => judge(usual, actorId))).toBe(allowedTo[actorId]?.includes(name) ? 'allowed' : 'FORBIDDEN');
  });

  it('by a stranger is answered as for a chat that does not exist, in a group and in a chat of two', () => {
    expect(codeOf(() => judge(usual, 'stranger'))).toBe('CHAT_NOT_FOUND');
    expect(codeOf(() => judge(direct, 'stranger'))).toBe('CHAT_NOT_FOUND');
  });

  it('is not for a chat of two', () => {
    expect(codeOf(() => judge(direct, 'bob'))).toBe('FORBIDDEN');
  });
});

describe('adding members', () => {
  it('adds who is not in yet, once, and tells of those only', () => {
    expect(judgeAdd(usual, 'bob', ['new', 'cid', 'new', '7'], 7)).toEqual({
      added: ['new', '7'],
      removed: [],
      roles: [],
      name: null,
      notice: { kind: 'members_added', userIds: ['new', 7] },
    });
  });

  it('changes nothing where all are in already, even in a full group', () => {
    expect(judgeAdd(usual, 'ann', ['cid', 'ann'], 5)).toBeNull();
  });

  it('goes up to the limit and not beyond it; all of them come in or none', () => {
    expect(codeOf(() => judgeAdd(usual, 'ann', ['f', 'g'], 7))).toBe('allowed');
    expect(codeOf(() => judgeAdd(usual, 'ann', ['f', 'g', 'h'], 7))).toBe('GROUP_FULL');
  });

  it('is refused to a plain member before he learns who is in', () => {
    expect(codeOf(() => judgeAdd(usual, 'cid', ['eve'], 10))).toBe('FORBIDDEN');
    expect(codeOf(() => judgeAdd({ ...usual, blockers: ['new'] }, 'cid', ['new'], 10))).toBe('FORBIDDEN');
  });

  it('is refused where one of those who would be new has blocked the actor', () => {
    const judge = (...userIds: string[]) => judgeAdd({ ...usual, blockers: ['eve', 'fay'] }, 'bob', userIds, 10);
    expect(codeOf(() => judge('gus', 'fay'))).toBe('BLOCKED');
    expect(judge('gus', 'eve')).toMatchObject({ added: ['gus'] });
  });
});

describe('removing a member', () => {
  it('takes him out and tells of it', () => {
    expect(judgeRemove(usual, 'bob', 'eve')).toMatchObject({
      removed: ['eve'],
      notice: { kind: 'member_removed', userId: 'eve' },
    });
  });

  it('who is not in changes nothing, for those who may remove; others are refused all the same', () => {
    expect(judgeRemove(usual, 'bob', 'stranger')).toBeNull();
    expect(codeOf(() => judgeRemove(usual, 'cid', 'stranger'))).toBe('FORBIDDEN');
  });

  it('who is oneself is leaving, whatever the role', () => {
    for (const { userId } of usual.members) {
      expect(judgeRemove(usual, userId, userId)).toEqual(judgeLeave(usual, userId));
    }
  });
});

describe('leaving', () => {
  it.each([
    ['the longest-standing moderator', usual, 'bob'],
    ['the longest-standing member where there is no moderator', group('ann:owner', 'cid:member', 'eve:member'), 'cid'],
    ['nobody where another owner stays', group('bob:moderator', 'ann:owner', 'cid:owner'), null],
    ['nobody where nobody stays', group('ann:owner'), null],
  ])('as its owner, leaves the group to %s', (_, of, heir) => {
    expect(judgeLeave(of, 'ann')).toMatchObject({
      removed: ['ann'],
      roles: heir === null ? [] : [{ userId: heir, role: 'owner' }],
      notice: { kind: 'member_left', userId: 'ann', newOwnerId: heir },
    });
  });

  it('as anybody else, leaves the owner where he is', () => {
    expect(judgeLeave(usual, 'bob')).toMatchObject({ removed: ['bob'], roles: [] });
  });
});

describe('renaming', () => {
  it('to the same name changes nothing', () => {
    expect(judgeRename(usual, 'ann', 'Delivery')).toBeNull();
    expect(judgeRename(usual, 'ann', 'Other')).toMatchObject({
      name: 'Other',
      notice: { kind: 'group_renamed', name: 'Other' },
    });
  });
});

describe('giving a role', () => {
  it('raises and lowers members, and makes further owners', () => {
    expect(judgeRole(usual, 'ann', 'cid', 'owner')).toMatchObject({
      roles: [{ userId: 'cid', role: 'owner' }],
      notice: { kind: 'role_changed', userId: 'cid', role: 'owner' },
    });
    expect(judgeRole(usual, 'ann', 'bob', 'member')).toMatchObject({ roles: [{ userId: 'bob', role: 'member' }] });
  });

  it('that somebody has already changes nothing', () => {
    expect(judgeRole(usual, 'ann', 'bob', 'moderator')).toBeNull();
  });

  it('is for members only', () => {
    expect(codeOf(() => judgeRole(usual, 'ann', 'stranger', 'member'))).toBe('VALIDATION_FAILED');
  });

  it('never leaves a group without an owner', () => {
    expect(codeOf(() => judgeRole(usual, 'ann', 'ann', 'member'))).toBe('FORBIDDEN');
    const two = group('ann:owner', 'bob:owner');
    expect(judgeRole(two, 'ann', 'ann', 'member')).toMatchObject({ roles: [{ userId: 'ann', role: 'member' }] });
  });
});

describe('in a chat that the marketplace has closed', () => {
  const closed: Group = { ...usual, closed: true };

  it('nothing changes, whoever asks', () => {
    expect(codeOf(() => judgeAdd(closed, 'ann', ['fay'], 10))).toBe('CHAT_CLOSED');
    expect(codeOf(() => judgeRemove(closed, 'ann', 'cid'))).toBe('CHAT_CLOSED');
    expect(codeOf(() => judgeRename(closed, 'ann', 'Pick-up'))).toBe('CHAT_CLOSED');
    expect(codeOf(() => judgeRole(closed, 'ann', 'cid', 'moderator'))).toBe('CHAT_CLOSED');
  });

  it('who may not is told that, and what is so already is answered as ever', () => {
    expect(codeOf(() => judgeRename(closed, 'cid', 'Mine'))).toBe('FORBIDDEN');
    expect(codeOf(() => judgeAdd(closed, 'fay', ['fay'], 10))).toBe('CHAT_NOT_FOUND');
    expect(judgeAdd(closed, 'ann', ['bob'], 10)).toBeNull();
    expect(judgeRemove(closed, 'ann', 'fay')).toBeNull();
    expect(judgeRename(closed, 'ann', 'Delivery')).toBeNull();
    expect(judgeRole(closed, 'ann', 'cid', 'member')).toBeNull();
  });

  it('everybody may still leave', () => {
    expect(judgeLeave(closed, 'ann')).toEqual(judgeLeave(usual, 'ann'));
    expect(judgeRemove(closed, 'cid', 'cid')).toEqual(judgeLeave(usual, 'cid'));
  });
});
