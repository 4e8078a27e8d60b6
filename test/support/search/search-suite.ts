import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundMessage } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { connectPair, newUserId, type Pair, profilesKnown, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { groupOfThree } from '../groups/group-of-three.js';
import { failureIn, RestClient } from '../rest/rest-client.js';

/** Queries that are no words, or are hostile to something on the way. */
const ODD_QUERIES = [
  '"',
  '""',
  '"unbalanced',
  '((((',
  ')|&!<->:*',
  'or or or',
  '- - -',
  '!!!',
  "'; drop table chat.messages; --",
  '\\',
  "\\'",
  '%_%',
  '\u0001\u0002\u0003',
  '🙂🙂🙂',
  ' '.repeat(200),
  '"'.repeat(200),
  '-'.repeat(200),
  '- &'.repeat(60),
  `"${'-'.repeat(190)}"`,
  'a '.repeat(100),
];

/** What `message:search` finds, on any stores. */
export function describeSearching(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('searching messages', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    const find = async (client: TestClient, query: string, chatId?: string): Promise<FoundMessage[]> =>
      (await client.get('message:search', { query, ...(chatId === undefined ? {} : { chatId }) })).results;

    const textsOf = (found: readonly FoundMessage[]) => found.map(({ message }) => message.text);

    /** Words are taken over behind the write path, in the order of a chat's changes: this one's are there, so all before. */
    async function taken({ buyer, chatId }: Pick<Pair, 'buyer' | 'chatId'>): Promise<void> {
      const word = `marker${randomUUID().replaceAll('-', '')}`;
      await buyer.get('message:send', { chatId, text: word });
      await expect.poll(() => find(buyer, word, chatId), { timeout: 20_000 }).toHaveLength(1);
    }

    async function pairSaying(...texts: string[]) {
      const pair = await connectPair(chat);
      for (const text of texts) {
        await pair.buyer.get('message:send', { chatId: pair.chatId, text });
      }
      await taken(pair);
      return pair;
    }

    it('finds them in chats that the searcher has archived or hidden, too', async () => {
      const [archived, hidden] = [await pairSaying('the ottoman in the attic'), await pairSaying('no ottoman here')];
      await archived.buyer.get('chat:settings', { chatId: archived.chatId, archived: true });
      await hidden.buyer.get('chat:hide', { chatId: hidden.chatId });

      expect(textsOf(await find(archived.buyer, 'ottoman'))).toEqual(['the ottoman in the attic']);
      expect(textsOf(await find(hidden.buyer, 'ottoman'))).toEqual(['no ottoman here']);
    });

    it('finds them by words in any case, newest first, for both members', async () => {
      const pair = await pairSaying('A walnut table', 'a LAMP', 'the table of walnut');

      for (const client of [pair.buyer, pair.seller]) {
        expect(textsOf(await find(client, 'WALNUT table'))).toEqual(['the table of walnut', 'A walnut table']);
      }
      const { messages } = await pair.buyer.get('chat:history', { chatId: pair.chatId });
      expect((await find(pair.buyer, 'lamp'))[0]?.message).toEqual(messages[1]);
    });

    it('takes phrases, alternatives and exclusions as search engines do', async () => {
      const { buyer, chatId } = await pairSaying('red round table', 'round red lamp', 'green chair');

      expect(textsOf(await find(buyer, '"red round"', chatId))).toEqual(['red round table']);
      expect(textsOf(await find(buyer, 'table or chair', chatId))).toEqual(['green chair', 'red round table']);
      expect(textsOf(await find(buyer, 'red -lamp', chatId))).toEqual(['red round table']);
    });

    it('shows where the words are, in a text that may hold anything', async () => {
      const text = '🙂 <b>Walnut</b> & \u0002walnut\u0003, "WALNUT"';
      const { buyer, chatId } = await pairSaying(text);

      const [found] = await find(buyer, 'walnut', chatId);

      expect(found?.message.text).toBe(text);
      const words = found?.highlights.map(({ start, length }) => text.slice(start, start + length));
      expect(words).toEqual(['Walnut', 'walnut', 'WALNUT']);
    });

    it('finds an edited message by its new words only', async () => {
      const { buyer, chatId, ...pair } = await pairSaying();
      const { id: messageId } = await buyer.get('message:send', { chatId, text: 'the first wording' });
      await taken({ buyer, chatId });
      expect(textsOf(await find(buyer, 'first', chatId))).toEqual(['the first wording']);

      await buyer.get('message:edit', { chatId, messageId, text: 'another wording' });

      expect(await find(buyer, 'first', chatId)).toEqual([]);
      await expect.poll(() => find(pair.seller, 'another', chatId), { timeout: 20_000 }).toHaveLength(1);
      expect(await find(buyer, 'first', chatId)).toEqual([]);
    });

    it('never finds a deleted message', async () => {
      const { buyer, seller, chatId } = await pairSaying();
      const { id: messageId } = await buyer.get('message:send', { chatId, text: 'a regrettable secret' });
      await taken({ buyer, chatId });
      expect(await find(seller, 'regrettable', chatId)).toHaveLength(1);

      await buyer.get('message:delete', { chatId, messageId });

      expect(await find(seller, 'regrettable')).toEqual([]);
      await taken({ buyer, chatId });
      expect(await find(buyer, 'regrettable', chatId)).toEqual([]);
    });

    it('never finds what lies in chats of others', async () => {
      const pair = await pairSaying('a confidential price');
      const { buyer: outsider, chatId: elsewhere } = await pairSaying('nothing of interest');

      expect(await find(outsider, 'confidential')).toEqual([]);
      expect(await find(outsider, 'confidential', elsewhere)).toEqual([]);
      expect(await find(outsider, '-nothingness')).toHaveLength(2);
      expectRefusal(
        await outsider.failure('message:search', { query: 'confidential', chatId: pair.chatId }),
        'CHAT_NOT_FOUND',
      );
      expect(await find(await chat.connect(newUserId()), 'confidential')).toEqual([]);
    });

    it('shows messages as they stand, with files, replies and reactions, and who has written them', async () => {
      const pair = await connectPair(chat);
      await profilesKnown(pair);
      const { buyer, buyerId, seller, chatId } = pair;
      const first = await buyer.get('message:send', { chatId, text: 'which one?' });
      const attachments = [
        { url: 'https://files.example/table.jpg', name: 'table.jpg', size: 1, mimeType: 'image/jpeg' },
      ];
      const send = { chatId, text: 'the mahogany one', replyTo: first.id, attachments };
      const { id: messageId } = await buyer.get('message:send', send);
      const reacted = await seller.get('message:react', { chatId, messageId, emoji: '👍' });
      await taken(pair);

      const page = await seller.get('message:search', { query: 'mahogany' });

      expect(reacted).toMatchObject({ type: 'image', replyTo: first.id, attachments, reactions: [{ emoji: '👍' }] });
      expect(page.results.map(({ message }) => message)).toEqual([reacted]);
      const { senders } = await seller.get('chat:history', { chatId });
      expect(page.senders).toEqual(senders.filter(({ userId }) => userId === buyerId));
      expect(page.senders).toHaveLength(1);
    });

    it('finds what is said in a group for those who are in it now, and what it told of itself for nobody', async () => {
      const { chatId, owner, member, memberId, moderator } = await groupOfThree(chat);
      await owner.get('message:send', { chatId, text: 'the quarterly turnover' });
      await taken({ buyer: owner, chatId });
      for (const client of [owner, moderator, member]) {
        expect(textsOf(await find(client, 'turnover'))).toEqual(['the quarterly turnover']);
        expect(textsOf(await find(client, 'created group delivery', chatId))).toEqual([]);
        // It says so, in words that a search could find.
        const { messages } = await client.get('chat:history', { chatId });
        expect(messages[0]).toMatchObject({
          type: 'system',
          text: expect.stringMatching(/created the group "Delivery"/),
        });
      }

      await owner.get('group:remove', { chatId, userId: memberId });

      expect(await find(member, 'turnover')).toEqual([]);
      expectRefusal(await member.failure('message:search', { query: 'turnover', chatId }), 'CHAT_NOT_FOUND');
      expect(await find(owner, 'turnover')).toHaveLength(1);
      await owner.get('group:add', { chatId, userIds: [memberId] });
      expect(await find(member, 'turnover')).toHaveLength(1);
    });

    it('keeps to one chat when it names one', async () => {
      const one = await pairSaying('a brass lamp');
      const { id: other } = await one.buyer.get('chat:create', { buyerId: one.buyerId, sellerId: newUserId() });
      await one.buyer.get('message:send', { chatId: other, text: 'a lamp of glass' });
      await taken({ buyer: one.buyer, chatId: other });

      expect(textsOf(await find(one.buyer, 'lamp', one.chatId))).toEqual(['a brass lamp']);
      expect(textsOf(await find(one.buyer, 'lamp', other))).toEqual(['a lamp of glass']);
      expect(textsOf(await find(one.buyer, 'lamp'))).toEqual(['a lamp of glass', 'a brass lamp']);
      expect(textsOf(await find(one.seller, 'lamp'))).toEqual(['a brass lamp']);
    });

    it('pages through everything once, by a cursor that is no use to anybody else', async () => {
      const texts = Array.from({ length: 7 }, (_, index) => `offer number ${index}`);
      const { buyer, chatId } = await pairSaying(...texts);
      const { buyer: outsider } = await pairSaying('another offer');

      const seen: string[] = [];
      let page = await buyer.get('message:search', { query: 'offer', chatId, limit: 3 });
      const [firstCursor] = [page.nextCursor];
      seen.push(...textsOf(page.results));
      while (page.nextCursor !== null) {
        page = await buyer.get('message:search', { query: 'offer', chatId, limit: 3, cursor: page.nextCursor });
        seen.push(...textsOf(page.results));
      }

      expect(seen).toEqual(texts.toReversed());
      expect(firstCursor).not.toBeNull();
      const stolen = { query: 'offer', limit: 10, cursor: firstCursor ?? '' };
      expect(textsOf((await outsider.get('message:search', stolen)).results)).toEqual([]);
      const [invented] = [await buyer.get('message:search', { query: 'offer', cursor: randomUUID() })];
      expect(textsOf(invented.results).every((text) => texts.includes(text))).toBe(true);
    });

    it.each(['forged', '', "' or 1=1", 'null'])('refuses %j as a cursor', async (cursor) => {
      const { buyer } = await connectPair(chat);
      expectRefusal(await buyer.failure('message:search', { query: 'x', cursor }), 'VALIDATION_FAILED');
    });

    it.each(ODD_QUERIES)('takes %j as a query like any other', async (query) => {
      const { buyer } = await connectPair(chat);
      expect(await buyer.get('message:search', { query })).toEqual({ results: [], senders: [], nextCursor: null });
    });

    it('refuses 10 KB of query', async () => {
      const { buyer } = await connectPair(chat);
      const query = 'walnut or '.repeat(1_024);
      expectRefusal(await buyer.failure('message:search', { query }), 'VALIDATION_FAILED');
    });

    it('gives the same over HTTP, and refuses the same', async () => {
      const { seller, sellerId, chatId } = await pairSaying('a copper kettle', 'a copper "pan" & lid');
      const rest = RestClient.of(chat, sellerId);

      for (const search of [{ query: 'copper' }, { query: '"copper pan" or -kettle', chatId, limit: 1 }]) {
        const page = await seller.get('message:search', search);
        expect(page.results).not.toEqual([]);
        expect(await rest.get('GET /messages/search', search)).toEqual(page);
      }
      const answer = await rest.ask('GET /messages/search', { query: 'walnut or '.repeat(1_024) });
      expect(answer.status).toBe(400);
      expectRefusal(failureIn(answer), 'VALIDATION_FAILED');
    });

    it('survives very long words and texts', async () => {
      const texts = [`${'x'.repeat(2_000)} needle ${'я'.repeat(900)}`, `${'x'.repeat(3_000)} needle`];
      const { buyer, chatId } = await pairSaying(...texts);

      const found = await find(buyer, 'needle', chatId);

      expect(textsOf(found)).toEqual(texts.toReversed());
      // A word of 3000 letters is none to PostgreSQL, and what it marks is not the whole text any more.
      expect(found.map(({ highlights }) => highlights)).toEqual([[], [{ start: 2_001, length: 6 }]]);
    });
  });

  describe.each([
    ['russian', 'Продаю два старых стола', 'стол', 'столам'],
    ['english', 'Selling two walnut tables', 'table', 'sells'],
  ])('searching in %s', (SEARCH_CONFIG, text, ...queries) => {
    it('finds words in other forms', async () => {
      const chat = await start({ ...UNLIMITED, SEARCH_CONFIG });
      try {
        const { buyer, chatId } = await connectPair(chat);
        await buyer.get('message:send', { chatId, text });
        for (const query of queries) {
          await expect
            .poll(async () => (await buyer.get('message:search', { query })).results.length, { timeout: 20_000 })
            .toBe(1);
        }
      } finally {
        await chat.stop();
      }
    });
  });
}
