import { afterAll, beforeAll, expect, it } from 'vitest';
import { judgeDelete, judgeEdit } from '../../../src/messages/message-changes.js';
import { judgeReaction, judgeReactionRemoval } from '../../../src/messages/reactions.js';
import { draftOf, MessageStore, type StoredPair, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('instances that change messages at the same time', (services) => {
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

  async function pairWithMessage(): Promise<{ pair: StoredPair; messageId: string }> {
    const pair = await nodes[0].newPair();
    const draft = draftOf(pair, { text: 'original' });
    await nodes[0].messages.append([draft]);
    return { pair, messageId: draft.id };
  }

  function edit(node: MessageStore, { chatId, buyerId }: StoredPair, messageId: string, text: string) {
    return node.messages.change({ chatId, messageId, editorId: buyerId }, (message) =>
      judgeEdit(message, { userId: buyerId, text, closed: false, windowSeconds: 900, now: message.createdAt }),
    );
  }

  async function replacedTexts(chatId: string) {
    return await nodes[0].db
      .selectFrom('chat.message_edits')
      .select(['message_id as messageId', 'rev', 'text'])
      .where('chat_id', '=', chatId)
      .orderBy('rev')
      .execute();
  }

  it('lose no edit of a message: each gets a rev of its own, and what it replaced is kept', async () => {
    const { pair, messageId } = await pairWithMessage();
    const rounds = 10;

    const outcomes = (
      await everywhere(async (node, worker) => {
        const own = [];
        for (const round of upTo(rounds)) {
          own.push(await edit(node, pair, messageId, `by ${worker}, ${round}`));
        }
        return own;
      })
    ).flat();

    const total = 8 * rounds;
    const edits = outcomes
      .flatMap((outcome) => (outcome === undefined ? [] : [outcome.message]))
      .toSorted((a, b) => a.rev - b.rev);
    expect(edits.map(({ rev }) => rev)).toEqual(upTo(total).map((n) => n + 1));
    const replaced = await replacedTexts(pair.chatId);
    expect(replaced.map(({ rev }) => rev)).toEqual(upTo(total));
    expect([...replaced.map(({ text }) => text), (await nodes[1].all(pair.chatId))[0]?.text]).toEqual([
      'original',
      ...edits.map(({ text }) => text),
    ]);
  });

  it('give every rev of a chat to one change or one new message, whoever comes between whom', async () => {
    const { pair, messageId } = await pairWithMessage();
    const rounds = 15;

    await everywhere(async (node, worker) => {
      for (const round of upTo(rounds)) {
        if (worker <= 4) {
          await edit(node, pair, messageId, `by ${worker}, ${round}`);
        } else {
          await node.messages.append([draftOf(pair), draftOf(pair, { senderId: pair.sellerId })]);
        }
      }
    });

    const last = 1 + 4 * rounds + 4 * rounds * 2;
    const rows = await nodes[0].all(pair.chatId);
    const revs = [...(await replacedTexts(pair.chatId)), ...rows].map(({ rev }) => rev);
    expect(revs.toSorted((a, b) => a - b)).toEqual(upTo(last));
    expect(rows.map(({ seq }) => seq)).toEqual(upTo(1 + 4 * rounds * 2));
    expect(await nodes[1].chats.find(pair.chatId)).toMatchObject({ lastSeq: rows.length, rev: last });
  });

  it('let no edit bring back what was deleted meanwhile', async () => {
    for (const _ of upTo(10)) {
      const { pair, messageId } = await pairWithMessage();
      const { chatId, buyerId } = pair;

      const outcomes = await Promise.allSettled([
        ...upTo(3).map((n) => edit(nodes[0], pair, messageId, `before or never ${n}`)),
        nodes[1].messages.change({ chatId, messageId, editorId: buyerId }, (message) =>
          judgeDelete(message, { userId: buyerId, role: 'buyer' }),
        ),
        ...upTo(3).map((n) => edit(nodes[1], pair, messageId, `after or before ${n}`)),
      ]);

      const [row] = await nodes[0].all(chatId);
      expect(row).toMatchObject({ text: '', deleted_at: expect.any(Date) });
      const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' })));
      expect(Math.max(...done.map((outcome) => outcome?.message.rev ?? 0))).toBe(row?.rev);
      expect(await replacedTexts(chatId)).toHaveLength(done.length);
    }
  });

  it('lose no reaction of anybody, while others are taken back and the text is edited', async () => {
    const { pair, messageId } = await pairWithMessage();
    const { chatId, buyerId } = pair;
    const target = { chatId, messageId, editorId: buyerId };
    const users = upTo(8).map((worker) => `user ${worker}`);

    await everywhere(async (node, worker) => {
      const userId = users[worker - 1] ?? '';
      for (const emoji of ['👍', '❤️', '😂']) {
        await node.messages.change(target, (message) => judgeReaction(message, { userId, emoji, closed: false }));
        await edit(node, pair, messageId, `by ${worker}, after ${emoji}`);
      }
      await node.messages.change(target, (message) =>
        judgeReactionRemoval(message, { userId, emoji: '❤️', closed: false }),
      );
    });

    const message = await nodes[1].messages.find(chatId, messageId);
    expect(message?.reactions?.map(({ emoji }) => emoji).toSorted()).toEqual(['👍', '😂']);
    for (const { userIds } of message?.reactions ?? []) {
      expect(userIds.toSorted()).toEqual(users);
    }
    // Sent; then each of the eight reacted three times, edited three times and took one back.
    expect(message?.rev).toBe(1 + 8 * 7);
    expect(await nodes[0].chats.find(chatId)).toMatchObject({ lastSeq: 1, rev: message?.rev });
    expect(await replacedTexts(chatId)).toHaveLength(8 * 3);
  });

  it('let no reaction outlive its message', async () => {
    for (const _ of upTo(10)) {
      const { pair, messageId } = await pairWithMessage();
      const { chatId, buyerId } = pair;
      const target = { chatId, messageId, editorId: buyerId };

      const outcomes = await Promise.allSettled(
        upTo(7).map((n) =>
          nodes[n % 2 === 0 ? 0 : 1].messages.change(target, (message) =>
            n === 4
              ? judgeDelete(message, { userId: buyerId, role: 'buyer' })
              : judgeReaction(message, { userId: `user ${n}`, emoji: '👍', closed: false }),
          ),
        ),
      );

      expect((await nodes[0].all(chatId))[0]).toMatchObject({ reactions: null, deleted_at: expect.any(Date) });
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' })));
    }
  });

  it('delete a message once, and only one of them has an event to tell of it', async () => {
    const { pair, messageId } = await pairWithMessage();
    const { chatId, buyerId } = pair;
    const outcomes = await everywhere((node) =>
      node.messages.change({ chatId, messageId, editorId: buyerId }, (message) =>
        judgeDelete(message, { userId: buyerId, role: 'buyer' }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome?.changed)).toHaveLength(1);
    expect(outcomes.map((outcome) => outcome?.message)).toEqual(outcomes.map(() => outcomes[0]?.message));
    expect(await replacedTexts(chatId)).toEqual([{ messageId, rev: 1, text: 'original' }]);
  });
});
