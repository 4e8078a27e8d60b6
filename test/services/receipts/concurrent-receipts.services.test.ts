import { afterAll, beforeAll, expect, it } from 'vitest';
import { judgeEdit } from '../../../src/messages/message-changes.js';
import { EVERYTHING, type MarkOutcome } from '../../../src/receipts/marks.js';
import { ReceiptsRepository } from '../../../src/receipts/receipts.repository.js';
import { draftOf, MessageStore, type StoredPair, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('instances that mark messages at the same time', (services) => {
  let nodes: [MessageStore, MessageStore];

  beforeAll(async () => {
    const { url } = await services.freshDatabase();
    nodes = [await MessageStore.postgres(url, 4), await MessageStore.postgres(url, 4)];
  });
  afterAll(() => Promise.all(nodes.map((node) => node.close())));

  /** Everybody on both instances: each of their connections has its own run of `work`. */
  function everywhere<T>(work: (node: MessageStore, worker: number) => Promise<T>): Promise<T[]> {
    return Promise.all(upTo(8).map((worker) => work(nodes[worker % 2 === 0 ? 0 : 1], worker)));
  }

  /** Both members of each chat have read up to here. */
  const readBy = (pairs: readonly StoredPair[], seq: number) =>
    pairs.flatMap(({ chatId, buyerId, sellerId }) =>
      [buyerId, sellerId].map((userId) => ({ chatId, userId, readSeq: seq, deliveredSeq: seq })),
    );

  it('never deadlock with each other, with messages and with edits, whatever order they name chats in', async () => {
    const pairs = await Promise.all(upTo(10).map(() => nodes[0].newPair()));
    const firsts = pairs.map((pair) => draftOf(pair));
    await nodes[0].messages.append(firsts);
    const rounds = 25;

    // Nothing here retries: a deadlock in any of these statements fails the test.
    const seen = await everywhere(async (node, worker) => {
      const receipts = new ReceiptsRepository(node.db);
      const ordered = worker % 4 < 2 ? pairs : pairs.toReversed();
      const marks: MarkOutcome[] = [];
      for (const round of upTo(rounds)) {
        if (worker <= 3) {
          await node.messages.append(
            ordered.flatMap((pair) => [draftOf(pair), draftOf(pair, { senderId: pair.sellerId })]),
          );
        } else if (worker <= 7) {
          marks.push(...(await receipts.advance(readBy(ordered, round % 2 === 0 ? EVERYTHING : round))));
        } else {
          const pair = ordered[round % ordered.length] as StoredPair;
          const messageId = firsts[pairs.indexOf(pair)]?.id ?? '';
          await node.messages.change({ chatId: pair.chatId, messageId, editorId: pair.buyerId }, (message) =>
            judgeEdit(message, {
              closed: false,
              userId: pair.buyerId,
              text: `edit ${round}`,
              windowSeconds: 900,
              now: message.createdAt,
            }),
          );
        }
      }
      return marks;
    });

    for (const marks of seen) {
      for (const { chatId, buyerId, sellerId } of pairs) {
        for (const userId of [buyerId, sellerId]) {
          const own = marks.filter((mark) => mark.chatId === chatId && mark.userId === userId);
          const reads = own.map(({ lastReadSeq }) => lastReadSeq);
          expect(reads).toEqual(reads.toSorted((a, b) => a - b));
          expect(own.every(({ lastReadSeq, lastDeliveredSeq }) => lastDeliveredSeq >= lastReadSeq)).toBe(true);
        }
      }
    }
    const lastSeq = 1 + 3 * rounds * 2;
    const final = await new ReceiptsRepository(nodes[1].db).advance(readBy(pairs, EVERYTHING));
    expect(final.map(({ lastReadSeq, lastDeliveredSeq }) => [lastReadSeq, lastDeliveredSeq])).toEqual(
      final.map(() => [lastSeq, lastSeq]),
    );
    expect(final).toHaveLength(2 * pairs.length);
  });

  it('count each move of a mark as a move once, so that one of them has an event to tell', async () => {
    const pair = await nodes[0].newPair();
    const rounds = 20;
    await nodes[0].messages.append(upTo(rounds).map(() => draftOf(pair)));

    for (const round of upTo(rounds)) {
      const outcomes = (
        await everywhere((node) =>
          new ReceiptsRepository(node.db).advance([
            { chatId: pair.chatId, userId: pair.sellerId, readSeq: round, deliveredSeq: round },
          ]),
        )
      ).flat();
      expect(outcomes.map(({ lastReadSeq }) => lastReadSeq)).toEqual(outcomes.map(() => round));
      expect(outcomes.filter(({ readMoved }) => readMoved)).toHaveLength(1);
      expect(outcomes.filter(({ deliveredMoved }) => deliveredMoved)).toHaveLength(1);
    }
  });
});
