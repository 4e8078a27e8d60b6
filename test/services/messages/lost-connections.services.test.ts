import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { MessageWriter } from '../../../src/messages/message-writer.js';
import { draftOf, MessageStore, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('connections that are cut in the middle of writes', (services) => {
  let store: MessageStore;
  let operator: Client;
  let cut = 0;

  beforeAll(async () => {
    const { url } = await services.freshDatabase();
    store = await MessageStore.postgres(url, 4, () => undefined);
    operator = new Client({ connectionString: url });
    await operator.connect();
  });
  afterAll(() => Promise.all([operator.end(), store.close()]));

  /** Ends every other session on this database, as a failing over or restarting server would. */
  async function cutConnections(): Promise<void> {
    const { rowCount } = await operator.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    cut += rowCount ?? 0;
  }

  /** Holds a chat's row as a slow transaction would, so that a write of it is caught in the middle. */
  async function lock(chatId: string): Promise<void> {
    await operator.query('begin');
    await operator.query('select 1 from chat.chats where id = $1 for update', [chatId]);
  }

  async function someoneWaitsForTheLock(): Promise<void> {
    await vi.waitFor(
      async () => {
        const { rows } = await operator.query(
          "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        expect(rows).not.toEqual([]);
      },
      { timeout: 10_000 },
    );
  }

  it('lose no message, double none and leave no gap', async () => {
    const pairs = await Promise.all(upTo(6).map(() => store.newPair()));
    const failures: unknown[] = [];
    const writer = new MessageWriter((drafts) => store.messages.append(drafts), {
      queueLimit: 10_000,
      sendTimeoutMs: 60_000,
      onFailure: (error) => failures.push(error),
    });
    const perChat = 200;
    cut = 0;

    for (const wave of upTo(10)) {
      const drafts = upTo(perChat / 10).flatMap((n) => pairs.map((pair) => draftOf(pair, { text: `${wave}.${n}` })));
      const [blocked] = pairs;
      // Even waves: cut while a batch surely is under way. Odd ones: wherever it happens to be.
      if (wave % 2 === 0 && blocked !== undefined) {
        await lock(blocked.chatId);
      }
      const writes = Promise.all(drafts.map((draft) => writer.store(draft)));
      if (wave % 2 === 0) {
        await someoneWaitsForTheLock();
      }
      await cutConnections();
      if (wave % 2 === 0) {
        await operator.query('rollback');
      }
      const outcomes = await writes;
      expect(outcomes.map((outcome) => outcome.kind === 'stored' && outcome.message.id)).toEqual(
        drafts.map(({ id }) => id),
      );
    }

    expect(cut).toBeGreaterThanOrEqual(5);
    expect(failures).toEqual([]);
    for (const { chatId } of pairs) {
      const rows = await store.all(chatId);
      expect(rows.map(({ seq }) => seq)).toEqual(upTo(perChat));
      expect(rows.map(({ text }) => text)).toEqual(
        upTo(10).flatMap((wave) => upTo(perChat / 10).map((n) => `${wave}.${n}`)),
      );
    }
  });
});
