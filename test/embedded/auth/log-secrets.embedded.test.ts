import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converseIndiscreetly, POISON_CONSTRAINT } from '../../support/auth/indiscreet-conversation.js';
import { LogCapture } from '../../support/auth/log-capture.js';
import { TestChat } from '../../support/chat/test-chat.js';

describe('the log at its most talkative, on the embedded database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chat-log-'));
  const log = new LogCapture();
  const service = { env: { DATA_DIR: folder, LOG_LEVEL: 'trace', AUTH_TIMEOUT_MS: '200' }, logDestination: log };
  let chat: TestChat;

  beforeAll(async () => {
    // The first start makes the tables; nobody else may hold the folder while the constraint is added. The logging
    // library keeps the logger of the first start of a process, so that both write to one place.
    await (await TestChat.start(service)).stop();
    const database = new PGlite(folder);
    await database.exec(POISON_CONSTRAINT);
    await database.close();
    chat = await TestChat.start(service);
  });
  afterAll(async () => {
    await chat.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells that a write failed, but no token, no text of a message and no key', async () => {
    const secrets = await converseIndiscreetly(chat);

    expect(log.messages).toContain('message write failed');
    expect(log.leaked(secrets)).toEqual([]);
  });
});
