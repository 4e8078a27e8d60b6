import { beforeEach, describe, expect, it } from 'vitest';
import { ControlledReceipts, moved } from '../../support/receipts/controlled-receipts.js';

const CHAT = '0190b3a0-1234-7abc-8def-0123456789ab';

describe('receipts on their way to the database', () => {
  let receipts: ControlledReceipts;

  beforeEach(() => {
    receipts = new ControlledReceipts();
  });

  const read = (userId: string, seq: number, chatId = CHAT) => receipts.service.read(userId, chatId, { seq });

  it('are one row of one write, when a hundred come in one turn, and all are answered with where it led', async () => {
    const answers = Promise.all(Array.from({ length: 100 }, (_, index) => read('1', index + 1)));
    (await receipts.call(1)).commit();

    const marks = { chatId: CHAT, userId: 1, lastReadSeq: 100, lastDeliveredSeq: 100 };
    expect(await answers).toEqual(Array.from({ length: 100 }, () => marks));
    expect(receipts.calls.map(({ requests }) => requests)).toEqual([
      [{ chatId: CHAT, userId: '1', readSeq: 100, deliveredSeq: 100 }],
    ]);
    expect(receipts.told).toEqual(['delivered 1 100', 'read 1 100']);
  });

  it('become one row of the next write, when a hundred come while one is under way', async () => {
    const first = read('1', 1);
    const call = await receipts.call(1);
    const later = Promise.all(Array.from({ length: 100 }, (_, index) => read('1', index + 2)));
    call.commit();
    await first;
    (await receipts.call(2)).commit();
    await later;

    expect(receipts.calls.map(({ requests }) => requests.map(({ readSeq }) => readSeq))).toEqual([[1], [101]]);
    expect(receipts.told.filter((line) => line.startsWith('read'))).toEqual(['read 1 1', 'read 1 101']);
  });

  it('of a crowd travel together, one row for each member and chat', async () => {
    const other = CHAT.replace('0190b3a0', '0190b3a1');
    const answers = [
      read('1', 1),
      read('2', 1),
      read('1', 1, other),
      receipts.service.delivered('2', CHAT, { seq: 5 }),
    ];
    (await receipts.call(1)).commit();
    await Promise.all(answers);

    expect(receipts.calls).toHaveLength(1);
    expect(receipts.calls[0]?.requests).toEqual([
      { chatId: CHAT, userId: '1', readSeq: 1, deliveredSeq: 1 },
      { chatId: CHAT, userId: '2', readSeq: 1, deliveredSeq: 5 },
      { chatId: other, userId: '1', readSeq: 1, deliveredSeq: 1 },
    ]);
  });

  it('that name neither message nor seq ask for all there is', async () => {
    const answers = [receipts.service.read('1', CHAT, {}), receipts.service.delivered('2', CHAT, {})];
    const call = await receipts.call(1);
    call.commit(call.requests.map((request) => moved(request, 12)));

    expect(
      (await Promise.all(answers)).map(({ lastReadSeq, lastDeliveredSeq }) => [lastReadSeq, lastDeliveredSeq]),
    ).toEqual([
      [12, 12],
      [0, 12],
    ]);
  });

  it('of who is no member fail alone', async () => {
    const [member, stranger] = [read('1', 1), read('stranger', 1)];
    const call = await receipts.call(1);
    call.commit(call.requests.filter(({ userId }) => userId === '1').map((request) => moved(request)));

    await expect(stranger).rejects.toMatchObject({
      code: 'CHAT_NOT_FOUND',
      message: expect.stringMatching(/^unable to mark as read; /),
    });
    expect((await member).lastReadSeq).toBe(1);
    expect(receipts.told).toEqual(['delivered 1 1', 'read 1 1']);
  });

  it('tell nobody anything where no mark moved', async () => {
    const answer = read('1', 3);
    const call = await receipts.call(1);
    call.commit(call.requests.map((request) => ({ ...moved(request), readMoved: false, deliveredMoved: false })));

    await answer;
    expect(receipts.told).toEqual([]);
  });

  it("all fail with the write that failed, tell nobody, and stand in nobody's way after it", async () => {
    const failing = [read('1', 1), read('2', 1)].map((answer) => expect(answer).rejects.toThrow('connection lost'));
    (await receipts.call(1)).fail(new Error('connection lost'));
    await Promise.all(failing);
    expect(receipts.told).toEqual([]);

    const next = read('1', 1);
    (await receipts.call(2)).commit();
    expect((await next).lastReadSeq).toBe(1);
  });

  it('beyond ten thousand that wait are refused as OVERLOADED, until the database has caught up', async () => {
    const answers = [read('0', 1)];
    await receipts.call(1);
    answers.push(...Array.from({ length: 10_000 }, (_, index) => read(String(index), 1)));

    await expect(read('late', 1)).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringMatching(/^unable to mark as read; /),
    });
    const all = Promise.all(answers);
    for (let n = 1; n <= 1 + Math.ceil(10_000 / 256); n++) {
      (await receipts.call(n)).commit();
    }
    await all;

    const again = read('late', 1);
    (await receipts.call(receipts.calls.length + 1)).commit();
    expect((await again).lastReadSeq).toBe(1);
  });

  it('that name a message the chat does not have never reach the write', async () => {
    const messageId = '0190b3a0-0000-7000-8000-000000000000';
    await expect(receipts.service.read('1', CHAT, { messageId })).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' });
    await expect(receipts.service.delivered('1', CHAT, { messageId })).rejects.toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
      message: expect.stringMatching(/^unable to mark as delivered; /),
    });
    expect(receipts.calls).toEqual([]);
  });
});
