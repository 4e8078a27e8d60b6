import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BlocksRepository } from '../../../src/blocks/blocks.repository.js';
import { EVERYTHING } from '../../../src/receipts/marks.js';
import { ReceiptsRepository } from '../../../src/receipts/receipts.repository.js';
import { draftOf, MessageStore, type StoredPair, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('blocks that are set while other things happen', (services) => {
  let nodes: [MessageStore, MessageStore];

  beforeAll(async () => {
    const { url } = await services.freshDatabase();
    nodes = [await MessageStore.postgres(url, 4), await MessageStore.postgres(url, 4)];
  });
  afterAll(() => Promise.all(nodes.map((node) => node.close())));

  const blocks = (node: 0 | 1) => new BlocksRepository(nodes[node].db);

  it('hold in chats that are created at the same moment, always', async () => {
    for (const round of upTo(40)) {
      const [buyerId, sellerId] = [`buyer ${round}`, `seller ${round}`];
      const pair = { chatId: uuidv7(), buyerId, sellerId };
      const create = () =>
        nodes[0].chats.createUnlessExists({ id: pair.chatId, buyerId, sellerId, keyProductId: null });
      const block = () => blocks(1).block({ blockerId: sellerId, blockedId: buyerId });
      await Promise.all(round % 2 === 0 ? [create(), block()] : [block(), create()]);

      expect(await nodes[0].members.standing(pair.chatId, buyerId)).toEqual({ blockedByPeer: true, blocksPeer: false });
      expect(await nodes[0].members.standing(pair.chatId, sellerId)).toEqual({
        blockedByPeer: false,
        blocksPeer: true,
      });
    }
  });

  it('stop a member who opens a chat at the same moment, or mark it', async () => {
    for (const round of upTo(40)) {
      const [buyerId, sellerId, id] = [`knocking ${round}`, `closing ${round}`, uuidv7()];
      const create = () => nodes[0].chats.createUnlessExists({ id, buyerId, sellerId, keyProductId: null }, true);
      const block = () => blocks(1).block({ blockerId: sellerId, blockedId: buyerId });
      const creating = round % 2 === 0 ? create() : null;
      const blocking = block();
      const creation = await (creating ?? create());
      await blocking;

      const standing = await nodes[0].members.standing(id, buyerId);
      expect(standing?.blockedByPeer).toBe(creation?.isNew ? true : undefined);
      expect(await create()).toEqual({ isNew: false, buyerBlocks: false, sellerBlocks: true });
    }
  });

  it('leave no product to who sets it once they are answered', async () => {
    for (const round of upTo(20)) {
      const pair = await nodes[0].newPair();
      const productOf = async () => (await nodes[1].chats.find(pair.chatId))?.productId;
      const moving = upTo(10).map((n) => nodes[0].chats.setProduct(pair.chatId, `${round}-${n}`, true));
      await blocks(1).block({ blockerId: pair.sellerId, blockedId: pair.buyerId });
      const then = await productOf();
      await Promise.all(moving);
      expect(await productOf()).toBe(then);
      expect(await nodes[0].chats.setProduct(pair.chatId, 'late', true)).toBe(false);
    }
  });

  it('that are taken back at the moment a chat is created leave no mark', async () => {
    for (const round of upTo(40)) {
      const [buyerId, sellerId] = [`former ${round}`, `forgiving ${round}`];
      const id = uuidv7();
      const pair = { blockerId: sellerId, blockedId: buyerId };
      await blocks(0).block(pair);
      const create = nodes[0].chats.createUnlessExists({ id, buyerId, sellerId, keyProductId: null });
      await Promise.all([create, blocks(1).unblock(pair)]);

      expect(await nodes[0].members.standing(id, buyerId)).toEqual({ blockedByPeer: false, blocksPeer: false });
      expect(await nodes[0].members.standing(id, sellerId)).toEqual({ blockedByPeer: false, blocksPeer: false });
    }
  });

  it('let no message of the blocked user in once they are answered, and number what got in before without gaps', async () => {
    for (const _ of upTo(10)) {
      const pair = await nodes[0].newPair();
      let answered = false;
      const late: string[] = [];
      const sending = upTo(4).map(async (worker) => {
        for (const _message of upTo(15)) {
          const startedAfter = answered;
          const [outcome] = await nodes[worker % 2 === 0 ? 0 : 1].messages.append([draftOf(pair)]);
          if (startedAfter && outcome?.kind !== 'blocked') {
            late.push(outcome?.kind ?? 'nothing');
          }
        }
      });
      await blocks(1).block({ blockerId: pair.sellerId, blockedId: pair.buyerId });
      answered = true;
      const stored = (await nodes[0].all(pair.chatId)).length;
      await Promise.all(sending);

      expect(late).toEqual([]);
      const rows = await nodes[0].all(pair.chatId);
      // Not one was committed after the answer, not even of those that were on their way.
      expect(rows).toHaveLength(stored);
      expect(rows.map(({ seq }) => seq)).toEqual(upTo(rows.length));
    }
  });

  it('of one pair by each other, set and taken back all at once, end as they should', async () => {
    const pair = await nodes[0].newPair();
    const [one, other] = [
      { blockerId: pair.buyerId, blockedId: pair.sellerId },
      { blockerId: pair.sellerId, blockedId: pair.buyerId },
    ];
    await Promise.all(
      upTo(20).flatMap((n) => [
        blocks(0)[n % 2 === 0 ? 'block' : 'unblock'](one),
        blocks(1)[n % 2 === 0 ? 'unblock' : 'block'](other),
      ]),
    );
    for (const { blockerId, blockedId } of [one, other]) {
      const stands = (await blocks(0).list(blockerId, undefined, 10)).some(({ userId }) => userId === blockedId);
      expect((await nodes[1].members.standing(pair.chatId, blockerId))?.blocksPeer).toBe(stands);
      expect((await nodes[1].members.standing(pair.chatId, blockedId))?.blockedByPeer).toBe(stands);
    }
    await blocks(0).unblock(one);
    await blocks(0).unblock(other);
    expect((await nodes[0].messages.append([draftOf(pair)]))[0]?.kind).toBe('stored');
  });

  it('never deadlock with messages and receipts in the chats of the pair', async () => {
    const buyerId = 'busy buyer';
    const sellerId = 'busy seller';
    const chats: StoredPair[] = [];
    for (const [buyer, seller] of [
      [buyerId, sellerId],
      [sellerId, buyerId],
    ] as const) {
      const chatId = uuidv7();
      await nodes[0].chats.createUnlessExists({ id: chatId, buyerId: buyer, sellerId: seller, keyProductId: null });
      chats.push({ chatId, buyerId: buyer, sellerId: seller });
    }
    const marks = (seq: number) =>
      chats.flatMap(({ chatId }) =>
        [buyerId, sellerId].map((userId) => ({ chatId, userId, readSeq: seq, deliveredSeq: seq })),
      );

    // Nothing here retries: a deadlock in any of these statements fails the test.
    await Promise.all(
      upTo(8).map(async (worker) => {
        const node = worker % 2 === 0 ? 0 : 1;
        const receipts = new ReceiptsRepository(nodes[node].db);
        for (const round of upTo(25)) {
          const ordered = worker % 4 < 2 ? chats : chats.toReversed();
          if (worker <= 3) {
            await nodes[node].messages.append(
              ordered.flatMap((pair) => [draftOf(pair), draftOf(pair, { senderId: pair.sellerId })]),
            );
          } else if (worker <= 6) {
            await receipts.advance(marks(round % 2 === 0 ? EVERYTHING : round));
          } else {
            const pair = { blockerId: buyerId, blockedId: sellerId };
            await (round % 2 === 0 ? blocks(node).block(pair) : blocks(node).unblock(pair));
          }
        }
      }),
    );
  });
});
