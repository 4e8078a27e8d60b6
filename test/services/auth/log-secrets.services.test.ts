import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converseIndiscreetly, POISON_CONSTRAINT } from '../../support/auth/indiscreet-conversation.js';
import { LogCapture } from '../../support/auth/log-capture.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('the log at its most talkative, on PostgreSQL and Redis', (services) => {
  const log = new LogCapture();
  let chat: TestChat;

  beforeAll(async () => {
    const env = await serviceEnvironment(services);
    chat = await TestChat.start({
      env: { ...env, LOG_LEVEL: 'trace', AUTH_TIMEOUT_MS: '200' },
      logDestination: log,
    });
    const database = new Client({ connectionString: env.DATABASE_URL });
    await database.connect();
    await database.query(POISON_CONSTRAINT);
    await database.end();
  });
  afterAll(() => chat.stop());

  it('tells that a write failed, but no token, no text of a message and no key', async () => {
    const secrets = await converseIndiscreetly(chat);

    expect(log.messages).toContain('message write failed');
    expect(log.leaked(secrets)).toEqual([]);
  });
});
