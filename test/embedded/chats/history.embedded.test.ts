import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandInput } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair, type Pair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

const TOTAL = 500;
const seqs = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

describe('the history of a chat of 500 messages', () => {
  let chat: TestChat;
  let pair: Pair;

  beforeAll(async () => {
    chat = await TestChat.start({ env: UNLIMITED });
    pair = await joinedPair(chat);
    const { buyer, seller, chatId } = pair;
    await Promise.all(
      seqs(1, TOTAL).map((n) => (n % 2 === 0 ? buyer : seller).get('message:send', { chatId, text: `message ${n}` })),
    );
  });
  afterAll(() => chat.stop());

  const read = (page: Omit<CommandInput<'chat:history'>, 'chatId'>) =>
    pair.buyer.get('chat:history', { chatId: pair.chatId, ...page });
  const numbers = async (page: Omit<CommandInput<'chat:history'>, 'chatId'>) => {
    const { messages, hasMore } = await read(page);
    return { seqs: messages.map(({ seq }) => seq), hasMore };
  };

  it.each([1, 50, 200])(
    'is read backwards in pages of %i, each message once, until there are no more',
    async (limit) => {
      const collected: number[] = [];
      let beforeSeq: number | undefined;
      let hasMore = true;
      while (hasMore) {
        const page = await numbers({ limit, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
        collected.unshift(...page.seqs);
        beforeSeq = page.seqs[0];
        hasMore = page.hasMore;
      }
      expect(collected).toEqual(seqs(1, TOTAL));
    },
  );

  it.each([1, 50, 200])(
    'is read forwards in pages of %i, each message once, until there are no more',
    async (limit) => {
      const collected: number[] = [];
      let hasMore = true;
      while (hasMore) {
        const page = await numbers({ limit, afterSeq: collected.at(-1) ?? 0 });
        collected.push(...page.seqs);
        hasMore = page.hasMore;
      }
      expect(collected).toEqual(seqs(1, TOTAL));
    },
  );

  it('gives the latest fifty, oldest first, when nothing else is asked for', async () => {
    expect(await numbers({})).toEqual({ seqs: seqs(451, 500), hasMore: true });
  });

  it('tells that there is no more exactly at the end', async () => {
    expect(await numbers({ beforeSeq: 51, limit: 50 })).toEqual({ seqs: seqs(1, 50), hasMore: false });
    expect(await numbers({ beforeSeq: 52, limit: 50 })).toEqual({ seqs: seqs(2, 51), hasMore: true });
    expect(await numbers({ afterSeq: 450, limit: 50 })).toEqual({ seqs: seqs(451, 500), hasMore: false });
    expect(await numbers({ afterSeq: 449, limit: 50 })).toEqual({ seqs: seqs(450, 499), hasMore: true });
  });

  it('takes a place beyond either end as a place', async () => {
    expect(await numbers({ beforeSeq: 1_000_000, limit: 2 })).toEqual({ seqs: [499, 500], hasMore: true });
    expect(await numbers({ afterSeq: 1_000_000 })).toEqual({ seqs: [], hasMore: false });
    expect(await numbers({ beforeSeq: 1 })).toEqual({ seqs: [], hasMore: false });
    expect(await numbers({ beforeSeq: 0 })).toEqual({ seqs: [], hasMore: false });
    expect(await numbers({ afterSeq: 0, limit: 2 })).toEqual({ seqs: [1, 2], hasMore: true });
  });

  it('takes a place that came from another chat as a mere number: nothing of that chat shows', async () => {
    const other = await joinedPair(chat);
    const foreign = await other.buyer.get('message:send', { chatId: other.chatId, text: 'of the other chat' });

    const { messages } = await read({ afterSeq: foreign.seq, limit: 2 });

    expect(messages.map(({ chatId, seq }) => [chatId, seq])).toEqual([
      [pair.chatId, 2],
      [pair.chatId, 3],
    ]);
  });

  it('shows each message as it was delivered', async () => {
    const { messages } = await read({ afterSeq: 0, limit: 200 });
    const delivered = pair.seller.received('message:new').slice(0, 200);
    expect(messages).toEqual(delivered);
  });

  it.each([0, -1, 201, 1e9, 1.5, '10', null])('is not given in pages of %j', async (limit) => {
    const failure = await pair.buyer.failure('chat:history', { chatId: pair.chatId, limit });
    expectRefusal(failure, 'VALIDATION_FAILED');
    expect(failure.details).toEqual([expect.objectContaining({ path: 'limit' })]);
  });

  it.each([-1, 1.5, '5', 2 ** 40, null])('is not read from the place %j', async (place) => {
    for (const direction of ['beforeSeq', 'afterSeq']) {
      const failure = await pair.buyer.failure('chat:history', { chatId: pair.chatId, [direction]: place });
      expectRefusal(failure, 'VALIDATION_FAILED');
      expect(failure.details).toEqual([expect.objectContaining({ path: direction })]);
    }
  });

  it('is read in one direction at a time', async () => {
    expectRefusal(
      await pair.buyer.failure('chat:history', { chatId: pair.chatId, beforeSeq: 9, afterSeq: 1 }),
      'VALIDATION_FAILED',
    );
  });
});
