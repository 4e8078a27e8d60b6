import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';
import type { ServerProcess } from '../../support/services/server-process.js';

describeWithPrivateServers('authentication while Redis is away', (servers) => {
  let redis: ServerProcess;
  let chat: TestChat;

  beforeAll(async () => {
    const [postgres, startedRedis] = await Promise.all([servers.startPostgres(), servers.startRedis()]);
    redis = startedRedis;
    chat = await TestChat.start({ env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url } });
  });
  afterAll(() => chat.stop());

  it('asks the marketplace each time, and uses the cache again when it is back', async () => {
    const token = chat.marketplace.token({ userId: 123 });
    await chat.dial({ token }).event('connection:success');
    expect(chat.marketplace.calls(token)).toBe(1);

    await redis.kill();
    await chat.dial({ token }).event('connection:success');
    await chat.dial({ token }).event('connection:success');
    expect(chat.marketplace.calls(token)).toBe(3);
    const forged = chat.dial({ token: chat.marketplace.token({ secret: 'somebody else' }) });
    expect(await forged.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });

    await redis.start();
    const later = chat.marketplace.token({ userId: 123 });
    await expect
      .poll(
        async () => {
          const before = chat.marketplace.calls(later);
          await chat.dial({ token: later }).event('connection:success');
          return chat.marketplace.calls(later) - before;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
  });

  it('refreshes tokens meanwhile', async () => {
    const client = await chat.connect(456);
    await redis.kill();

    await client.get('auth:refresh-token', { token: chat.marketplace.token({ userId: 456 }) });
    expect(await client.failure('auth:refresh-token', { token: chat.marketplace.token({ userId: 7 }) })).toMatchObject({
      code: 'TOKEN_USER_MISMATCH',
    });
    await redis.start();
  });

  it('lets users in though Redis answers nothing at all', async () => {
    await expect.poll(async () => (await fetch(`${chat.url()}/health/ready`)).status, { timeout: 20_000 }).toBe(200);
    redis.pause();
    try {
      await chat.dial({ token: chat.marketplace.token({ userId: 123 }) }).event('connection:success');
    } finally {
      redis.resume();
    }
  });
});
