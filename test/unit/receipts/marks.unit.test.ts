import { describe, expect, it } from 'vitest';
import { coalesce, EVERYTHING, toWireMarks } from '../../../src/receipts/marks.js';

const read = (userId: string, seq: number, chatId = 'chat') => ({ chatId, userId, readSeq: seq, deliveredSeq: seq });
const delivered = (userId: string, seq: number, chatId = 'chat') => ({
  chatId,
  userId,
  readSeq: 0,
  deliveredSeq: seq,
});

describe('receipts that wait for the same write', () => {
  it('are one request for each member and chat, as far as the farthest of them', () => {
    const scroll = Array.from({ length: 100 }, (_, index) => read('1', index + 1));
    expect(coalesce(scroll)).toEqual([read('1', 100)]);
    expect(coalesce(scroll.toReversed())).toEqual([read('1', 100)]);
  });

  it('keep how far was read apart from how far was delivered', () => {
    const wanted = [{ chatId: 'chat', userId: '1', readSeq: 3, deliveredSeq: 8 }];
    expect(coalesce([read('1', 3), delivered('1', 8)])).toEqual(wanted);
    expect(coalesce([delivered('1', 8), read('1', 3)])).toEqual(wanted);
  });

  it('of different members and of different chats stay different', () => {
    const apart = [read('1', 1), read('2', 2), read('1', 3, 'other chat'), delivered('2', 4, 'other chat')];
    expect(coalesce(apart)).toEqual(apart);
  });

  it('up to the last message go beyond any that names one', () => {
    expect(coalesce([read('1', EVERYTHING), read('1', 7)])).toEqual([read('1', EVERYTHING)]);
  });

  it('are none where there are none', () => {
    expect(coalesce([])).toEqual([]);
  });
});

describe('marks on the wire', () => {
  it('name the user as all events do, and hold nothing else', () => {
    const outcome = {
      chatId: 'chat',
      lastReadSeq: 2,
      lastDeliveredSeq: 3,
      readMoved: true,
      deliveredMoved: false,
      membersVersion: 1,
    };
    expect(toWireMarks({ ...outcome, userId: '42' })).toEqual({
      chatId: 'chat',
      userId: 42,
      lastReadSeq: 2,
      lastDeliveredSeq: 3,
    });
    expect(toWireMarks({ ...outcome, userId: 'u-42' }).userId).toBe('u-42');
  });
});
