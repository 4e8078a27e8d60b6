import { describe, expect, it } from 'vitest';
import { InboxChat } from '../../../src/contract/index.js';
import { type InboxRow, toWireInboxChat } from '../../../src/inbox/inbox-row.js';

const AT = new Date('2026-03-01T12:00:00.123Z');
const CHAT_ID = '0190b3a0-1234-7abc-8def-0123456789ab';

const row: InboxRow = {
  chat: {
    id: CHAT_ID,
    type: 'direct',
    name: null,
    buyerId: '7',
    sellerId: '007',
    productId: 'sku-1',
    lastSeq: 5,
    rev: 9,
    createdAt: AT,
    closedAt: null,
  },
  peer: { userId: '007', role: 'seller', lastReadSeq: 4, lastDeliveredSeq: 5, profile: null, presenceHidden: false },
  lastMessage: null,
  activityAt: AT,
  position: { activityMicros: '1', chatId: CHAT_ID },
  marks: { lastReadSeq: 2, lastDeliveredSeq: 3 },
  settings: { folder: 'archive', muted: true, mutedUntil: AT },
};

describe('a row of the inbox', () => {
  it('reads as the contract has it', () => {
    const wire = toWireInboxChat('7', row, new Set(['007']));
    expect(InboxChat.strict().parse(wire)).toEqual(wire);
    expect(wire).toMatchObject({
      peer: { userId: '007', online: true, lastReadSeq: 4 },
      unreadCount: 3,
      marks: { chatId: CHAT_ID, userId: 7, lastReadSeq: 2, lastDeliveredSeq: 3 },
      settings: { chatId: CHAT_ID, archived: true, hidden: false, muted: true, mutedUntil: AT.toISOString() },
    });
  });

  it('shows no presence of a peer who keeps his to himself', () => {
    const hidden = { ...row, peer: row.peer && { ...row.peer, presenceHidden: true } };
    expect(toWireInboxChat('7', hidden, new Set(['007'])).peer).toMatchObject({ userId: '007', online: false });
  });

  it('has no peer where the chat has none, and nothing unread where a mark is ahead', () => {
    const wire = toWireInboxChat(
      '7',
      { ...row, peer: null, marks: { lastReadSeq: 6, lastDeliveredSeq: 6 } },
      new Set(),
    );
    expect(wire.peer).toBeNull();
    expect(wire.unreadCount).toBe(0);
  });
});
