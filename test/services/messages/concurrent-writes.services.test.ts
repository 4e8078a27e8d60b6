import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AppendOutcome } from '../../../src/messages/append-outcome.js';
import { draftOf, MessageStore, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('instances that write at the same time', (services) => {
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

  it('never deadlock over shared chats, whatever order their batches name them in, and leave no gap', async () => {
    const pairs = await Promise.all(upTo(12).map(() => nodes[0].newPair()));
    const batches = 30;

    // Straight to the repository: the writer would retry a deadlock, and so hide it.
    const outcomes = await everywhere(async (node, worker) => {
      const ordered = worker % 2 === 0 ? pairs : pairs.toReversed();
      const written: AppendOutcome[] = [];
      for (const _ of upTo(batches)) {
        written.push(
          ...(await node.messages.append(ordered.map((pair) => draftOf(pair, { productId: `p-${worker}` })))),
        );
      }
      return written;
    });

    expect(new Set(outcomes.flat().map(({ kind }) => kind))).toEqual(new Set(['stored']));
    for (const { chatId } of pairs) {
      const rows = await nodes[0].all(chatId);
      expect(rows.map(({ seq }) => seq)).toEqual(upTo(8 * batches));
      expect(rows.map(({ rev }) => rev)).toEqual(upTo(8 * batches));
      expect(await nodes[1].chats.find(chatId)).toMatchObject({ lastSeq: 8 * batches, rev: 8 * batches });
    }
  });

  it('store a message that is sent through all of them at once a single time, and all answer with it', async () => {
    const pair = await nodes[0].newPair();
    const rounds = 20;

    const outcomes = await everywhere(async (node) => {
      const answered: AppendOutcome[] = [];
      for (const round of upTo(rounds)) {
        answered.push(
          ...(await node.messages.append([draftOf(pair, { clientMessageId: `key ${round}`, text: 'once' })])),
        );
      }
      return answered;
    });

    const rows = await nodes[0].all(pair.chatId);
    expect(rows.map(({ seq }) => seq)).toEqual(upTo(rounds));
    for (const [round, row] of rows.entries()) {
      const answers = outcomes.map((answered) => answered[round]);
      expect(answers.filter((answer) => answer?.kind === 'stored')).toHaveLength(1);
      expect(answers.every((answer) => messageOf(answer)?.id === row.id)).toBe(true);
    }
  });

  it('answer a key that two of them use for different texts with the text that won', async () => {
    const pair = await nodes[0].newPair();

    const outcomes = (
      await everywhere((node, worker) =>
        node.messages.append([draftOf(pair, { clientMessageId: 'contested', text: `from ${worker}` })]),
      )
    ).flat();

    const [row] = await nodes[0].all(pair.chatId);
    expect(outcomes.map((outcome) => messageOf(outcome)?.text)).toEqual(outcomes.map(() => row?.text));
  });

  it('give one chat of a pair to all who create it at once', async () => {
    const [buyerId, sellerId] = ['many-tabs-buyer', 'many-tabs-seller'];
    const created = await everywhere((node, worker) =>
      node.chats.createUnlessExists({
        id: `0190b3a0-0000-7000-8000-00000000000${worker}`,
        buyerId,
        sellerId,
        keyProductId: null,
      }),
    );
    expect(created.filter(({ isNew }) => isNew)).toHaveLength(1);
    const chat = await nodes[0].chats.findByKey({ buyerId, sellerId, keyProductId: null });
    expect((await nodes[1].members.list(chat?.id ?? '', buyerId)).map(({ userId }) => userId).toSorted()).toEqual([
      buyerId,
      sellerId,
    ]);
  });
});

function messageOf(outcome: AppendOutcome | undefined) {
  return outcome !== undefined && 'message' in outcome ? outcome.message : undefined;
}
