import { describe, expect, it } from 'vitest';
import { type SystemNotice, SystemNotice as SystemNoticeSchema } from '../../../src/contract/index.js';
import { SERVICE, toWireMessage } from '../../../src/messages/message.js';
import { inPlainWords, systemDraft } from '../../../src/messages/system-draft.js';

const CHAT = '0190b3a0-0000-7000-8000-000000000000';

const told: [string, SystemNotice][] = [
  ['7 created the group "Delivery"', { kind: 'group_created', name: 'Delivery', userIds: [8] }],
  ['7 added 8, b-9', { kind: 'members_added', userIds: [8, 'b-9'] }],
  ['7 added 4 members', { kind: 'members_added', userIds: [1, 2, 3, 4] }],
  ['7 removed 8', { kind: 'member_removed', userId: 8 }],
  ['7 left the group', { kind: 'member_left', userId: 7, newOwnerId: null }],
  ['7 left the group; 8 owns it now', { kind: 'member_left', userId: 7, newOwnerId: 8 }],
  ['7 made 8 an owner', { kind: 'role_changed', userId: 8, role: 'owner' }],
  ['7 made 8 a moderator', { kind: 'role_changed', userId: 8, role: 'moderator' }],
  ['7 named the group "Monday"', { kind: 'group_renamed', name: 'Monday' }],
];

const stored = { seq: 1, rev: 1, reactions: null, createdAt: new Date(0), editedAt: null, deletedAt: null };

describe('a system message', () => {
  it.each(told)('says "%s" to clients that do not know its kind', (text, notice) => {
    expect(inPlainWords(7, notice)).toBe(text);
  });

  it('has plain words for every kind of the contract', () => {
    const kinds = SystemNoticeSchema.options.map(({ shape }) => shape.kind.value);
    expect(new Set([...told.map(([, { kind }]) => kind), 'notice'])).toEqual(new Set(kinds));
  });

  it('travels with what happened, and with who did it', () => {
    const notice: SystemNotice = { kind: 'member_removed', userId: 8 };
    const draft = systemDraft(CHAT, '7', notice);
    const wire = toWireMessage({ ...draft, ...stored });
    expect(wire).toMatchObject({ type: 'system', senderId: 7, text: '7 removed 8', system: notice });
  });

  it('of the service itself has no sender', () => {
    const draft = systemDraft(CHAT, SERVICE, { kind: 'notice', code: 'order_shipped', params: {} });
    const wire = toWireMessage({ ...draft, ...stored });
    expect(wire.senderId).toBeNull();
  });
});
