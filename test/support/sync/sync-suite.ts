import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SYNC_CHATS_MAX, SYNC_PAGE, SYNC_ROWS_MAX, type SyncedChat } from '../../../src/contract/index.js';
import type { Database } from '../../../src/database/open-database.js';
import { type ChangedChat, type Cursor, MessagesRepository } from '../../../src/messages/messages.repository.js';
import type { MessagesService } from '../../../src/messages/messages.service.js';
import { messagesServiceOver } from '../messages/messages-service-over.js';
import { ChatHistory, type Shown } from './chat-history.js';

/** Writes changes into what a client shows, as a client does. */
export function applyTo(shown: Shown, messages: readonly { id: string; text: string }[]): void {
  for (const { id, text } of messages) {
    shown.set(id, text);
  }
}

const unusable = (chatId: string): SyncedChat => ({
  chatId,
  resync: true,
  rev: 0,
  hasMore: false,
  closedAt: null,
  messages: [],
});

/** What `chat:sync` promises, on any database. @param open a migrated one; closed by whoever opened it */
export function describeSync(open: () => Promise<Database>): void {
  describe('sync', () => {
    let db: Database;
    let service: MessagesService;

    beforeAll(async () => {
      db = await open();
      service = messagesServiceOver(db);
    });

    async function syncOne(history: ChatHistory, rev: number): Promise<SyncedChat> {
      const [answer] = await service.sync(history.buyerId, [{ chatId: history.chatId, rev }]);
      if (answer === undefined) {
        throw new Error('unable to sync; nothing was answered');
      }
      return answer;
    }

    test('answers what is new after the cursor, in rev order, and the next cursor', async () => {
      const history = await ChatHistory.create(db);
      await history.send(5);

      const answer = await syncOne(history, 3);

      expect(answer).toMatchObject({ resync: false, rev: 5, hasMore: false });
      expect(answer.messages.map(({ seq, rev }) => [seq, rev])).toEqual([
        [4, 4],
        [5, 5],
      ]);
    });

    test('answers an old message that was changed after the cursor, once and as it is now', async () => {
      const history = await ChatHistory.create(db);
      await history.send(3);
      await history.edit(0);
      await history.edit(0);

      const answer = await syncOne(history, 3);

      expect(answer.rev).toBe(5);
      expect(answer.messages).toHaveLength(1);
      expect(answer.messages[0]).toMatchObject({ seq: 1, rev: 5, text: 'edited at 5' });
      expect(answer.messages[0]?.editedAt).not.toBeNull();
    });

    test('answers nothing for a chat in which nothing changed, and for one without messages', async () => {
      const [quiet, empty] = [await ChatHistory.create(db), await ChatHistory.create(db)];
      await quiet.send(2);

      expect(await syncOne(quiet, 2)).toEqual({
        chatId: quiet.chatId,
        resync: false,
        rev: 2,
        hasMore: false,
        closedAt: null,
        messages: [],
      });
      expect(await syncOne(empty, 0)).toMatchObject({ resync: false, rev: 0, hasMore: false, messages: [] });
    });

    test('answers resync to a cursor that the chat never reached', async () => {
      const history = await ChatHistory.create(db);
      await history.send(2);

      expect(await syncOne(history, 3)).toEqual(unusable(history.chatId));
    });

    test('answers the same resync for a chat of others and for one that does not exist', async () => {
      const [mine, foreign] = [await ChatHistory.create(db), await ChatHistory.create(db)];
      await foreign.send(2);
      const nowhere = randomUUID();

      const answers = await service.sync(mine.buyerId, [
        { chatId: foreign.chatId, rev: 0 },
        { chatId: nowhere, rev: 0 },
      ]);

      expect(answers).toEqual([unusable(foreign.chatId), unusable(nowhere)]);
    });

    test('answers several cursors of one chat each from its own position', async () => {
      const history = await ChatHistory.create(db);
      await history.send(3);

      const answers = await service.sync(
        history.buyerId,
        [2, 0, 3, 9].map((rev) => ({ chatId: history.chatId, rev })),
      );

      expect(answers.map(({ resync, rev, messages }) => [resync, rev, messages.map(({ seq }) => seq)])).toEqual([
        [false, 3, [3]],
        [false, 3, [1, 2, 3]],
        [false, 3, []],
        [true, 0, []],
      ]);
    });

    test('answers as many chats as may be asked about, in the order asked', async () => {
      const first = await ChatHistory.create(db);
      const others: ChatHistory[] = [];
      for (let made = 1; made < SYNC_CHATS_MAX; made++) {
        others.push(await ChatHistory.create(db, first.buyerId));
      }
      const histories = [first, ...others].reverse();
      const changed = histories.filter((_, index) => index % 20 === 7);
      for (const history of changed) {
        await history.send(1);
      }

      const answers = await service.sync(
        first.buyerId,
        histories.map(({ chatId }) => ({ chatId, rev: 0 })),
      );

      expect(answers.map(({ chatId }) => chatId)).toEqual(histories.map(({ chatId }) => chatId));
      expect(answers.filter(({ messages }) => messages.length > 0).map(({ chatId }) => chatId)).toEqual(
        changed.map(({ chatId }) => chatId),
      );
    });

    test('cuts a long answer at its page, says so, and goes on from the cursor it gave', async () => {
      const history = await ChatHistory.create(db);
      await history.send(SYNC_PAGE + 1);

      const first = await syncOne(history, 0);
      expect(first).toMatchObject({ hasMore: true, rev: SYNC_PAGE });
      expect(first.messages).toHaveLength(SYNC_PAGE);

      const second = await syncOne(history, first.rev);
      expect(second).toMatchObject({ hasMore: false, rev: SYNC_PAGE + 1 });
      expect(second.messages.map(({ seq }) => seq)).toEqual([SYNC_PAGE + 1]);
    });

    test('cuts the answer in all, and what it left out says that there is more', async () => {
      const first = await ChatHistory.create(db);
      const histories = [first];
      for (let made = 0; made < SYNC_ROWS_MAX / SYNC_PAGE; made++) {
        histories.push(await ChatHistory.create(db, first.buyerId));
      }
      for (const history of histories) {
        await history.send(SYNC_PAGE);
      }

      const answers = await service.sync(
        first.buyerId,
        histories.map(({ chatId }) => ({ chatId, rev: 0 })),
      );

      expect(answers.reduce((sum, { messages }) => sum + messages.length, 0)).toBe(SYNC_ROWS_MAX);
      expect(answers.at(-1)).toMatchObject({ resync: false, rev: 0, hasMore: true, messages: [] });
    });

    test('whatever happened, and happens between pages, a client ends with exactly what the chats hold', async () => {
      const repository = new MessagesRepository(db);
      const change = fc.oneof(
        fc.record({
          kind: fc.constant('send' as const),
          chat: fc.nat({ max: 2 }),
          count: fc.integer({ min: 1, max: 9 }),
        }),
        fc.record({ kind: fc.constant('edit' as const), chat: fc.nat({ max: 2 }), count: fc.nat() }),
      );
      const make = async (
        histories: readonly ChatHistory[],
        { kind, chat, count }: { kind: 'send' | 'edit'; chat: number; count: number },
      ) => {
        const history = histories[chat];
        await (kind === 'send' ? history?.send(count) : history?.edit(count));
      };

      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { maxLength: 15 }),
          fc.array(change, { maxLength: 4 }),
          fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
          fc.record({ perChat: fc.integer({ min: 1, max: 12 }), total: fc.integer({ min: 1, max: 20 }) }),
          async (past, meanwhile, positions, limits) => {
            const first = await ChatHistory.create(db);
            const histories = [
              first,
              await ChatHistory.create(db, first.buyerId),
              await ChatHistory.create(db, first.buyerId),
            ];
            for (const step of past) {
              await make(histories, step);
            }
            const clients = histories.map((history, index) => {
              const rev = (positions[index] ?? 0) % (history.rev + 1);
              return { history, rev, shown: history.shownAt(rev), hasMore: true };
            });
            const pending = [...meanwhile];

            while (clients.some(({ hasMore }) => hasMore)) {
              const asked = clients.filter(({ hasMore }) => hasMore);
              const cursors: Cursor[] = asked.map(({ history, rev }) => ({ chatId: history.chatId, rev }));
              const answers = await repository.changesAfter(first.buyerId, cursors, limits);
              for (const [index, client] of asked.entries()) {
                takePage(client, answers[index]);
              }
              const step = pending.shift();
              if (step !== undefined) {
                await make(histories, step);
                for (const client of clients) {
                  client.hasMore ||= client.rev < client.history.rev;
                }
              }
            }

            for (const { history, rev, shown } of clients) {
              expect(rev).toBe(history.rev);
              expect(shown).toEqual(history.shownAt(history.rev));
            }
          },
        ),
        { numRuns: 60 },
      );
    }, 60_000);
  });
}

interface Client {
  rev: number;
  shown: Shown;
  hasMore: boolean;
}

function takePage(client: Client, answer: ChangedChat | undefined): void {
  if (answer === undefined) {
    throw new Error('unable to follow the chat; it was not answered for');
  }
  applyTo(client.shown, answer.changes);
  client.rev = answer.complete ? answer.lastRev : (answer.changes.at(-1)?.rev ?? client.rev);
  client.hasMore = !answer.complete;
}
