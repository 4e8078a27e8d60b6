import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../../migrations/index.js';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { openDatabase, ping } from '../../../src/database/open-database.js';
import { TestChat } from '../../support/chat/test-chat.js';

describe('the embedded database', () => {
  let folder: string;
  const running: TestChat[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-data-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((chat) => chat.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  function open(dataDir: string) {
    return openDatabase(
      { engine: 'embedded', dataDir, url: '', poolSize: 1, timeoutMs: 10_000, migrateOnStart: true },
      (error) => {
        throw error;
      },
    );
  }

  async function start(): Promise<TestChat> {
    const chat = await TestChat.start({ env: { DATA_DIR: folder } });
    running.push(chat);
    return chat;
  }

  it('is migrated like any other, in a folder that need not exist before', async () => {
    const dataDir = join(folder, 'deep', 'inside');
    const first = open(dataDir);
    expect(await migrateToLatest(first)).toEqual(Object.keys(migrations));
    await first.destroy();

    const second = open(dataDir);
    expect(await migrateToLatest(second)).toEqual([]);
    await ping(second);
    await second.destroy();
  });

  it('keeps chats and messages over a restart of the service', async () => {
    const before = await start();
    const buyer = await before.connect(1);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 });
    const sent = await buyer.get('message:send', { chatId, text: 'remember me', clientMessageId: 'key' });
    await before.stop();

    const after = await start();
    const returned = await after.connect(1);
    expect((await returned.get('chat:history', { chatId })).messages).toEqual([sent]);
    expect(await returned.get('message:send', { chatId, text: 'remember me', clientMessageId: 'key' })).toEqual(sent);
  });
});
