import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { openDatabase } from '../../../src/database/open-database.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('an instance with MIGRATE_ON_START=false', (services) => {
  let url: string;
  let chat: TestChat;
  let client: TestClient;

  beforeAll(async () => {
    ({ url } = await services.freshDatabase());
    chat = await TestChat.start({ env: { DATABASE_URL: url, MIGRATE_ON_START: 'false' } });
    client = await chat.connect(1);
  });
  afterAll(() => chat.stop());

  async function ready(): Promise<{ status: number; text: string }> {
    const response = await fetch(`${chat.url()}/health/ready`);
    return { status: response.status, text: await response.text() };
  }

  it('starts on an empty database and leaves it alone; what needs tables fails without telling how', async () => {
    const failure = await client.failure('chat:create', { buyerId: 1, sellerId: 2 });

    expectRefusal(failure, 'INTERNAL');
    expect(JSON.stringify(failure)).not.toMatch(/relation|chat\.chats|select|insert/i);
  });

  it('is not ready for traffic, and does not tell where its database is', async () => {
    const { status, text } = await ready();

    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      status: 'error',
      details: { accepting: { status: 'up' }, database: { status: 'down' } },
    });
    const { hostname, port, pathname } = new URL(url);
    expect(text).not.toMatch(/relation|chat\.messages|select/i);
    for (const secret of [hostname, port, pathname.slice(1)].filter((part) => part !== '')) {
      expect(text).not.toContain(secret);
    }
  });

  it('works, without a restart, once somebody else has migrated', async () => {
    const db = openDatabase(
      { engine: 'postgres', url, dataDir: '', poolSize: 3, timeoutMs: 10_000, migrateOnStart: true },
      (error) => {
        throw error;
      },
    );
    await migrateToLatest(db);
    await db.destroy();

    const { id: chatId } = await client.get('chat:create', { buyerId: 1, sellerId: 2 });
    expect(await client.get('message:send', { chatId, text: 'at last' })).toMatchObject({ seq: 1 });
    await expect.poll(async () => (await ready()).status).toBe(200);
  });
});
