import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { LogCapture } from '../../support/process/log-capture.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';
import type { ServerProcess } from '../../support/services/server-process.js';

describeWithPrivateServers('readiness', (servers) => {
  const logs = new LogCapture();
  let postgres: ServerProcess;
  let redis: ServerProcess;
  let chat: TestChat;

  beforeEach(async () => {
    [postgres, redis] = await Promise.all([servers.startPostgres(), servers.startRedis()]);
    chat = await TestChat.start({
      env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, LOG_LEVEL: 'trace', SEND_TIMEOUT_MS: '200' },
      logDestination: logs,
    });
  });
  afterEach(async () => {
    postgres.resume();
    redis.resume();
    await chat.stop();
  });

  async function ready(): Promise<unknown> {
    const response = await fetch(`${chat.url()}/health/ready`);
    const { details } = (await response.json()) as { details: Record<string, { status: string }> };
    const parts = Object.entries(details).map(([part, { status }]) => [part, status]);
    return { code: response.status, ...Object.fromEntries(parts) };
  }

  const allUp = { code: 200, accepting: 'up', database: 'up', redis: 'up' };

  it('names the store that is away, and that one only', async () => {
    expect(await ready()).toEqual(allUp);

    await postgres.kill();
    await expect.poll(ready).toEqual({ ...allUp, code: 503, database: 'down' });
    await postgres.restart();
    await expect.poll(ready).toEqual(allUp);

    await redis.kill();
    await expect.poll(ready).toEqual({ ...allUp, code: 503, redis: 'down' });
    await redis.restart();
    await expect.poll(ready, { timeout: 10_000 }).toEqual(allUp);
  });

  it('is told though a store accepts connections and never answers', async () => {
    postgres.pause();
    redis.pause();
    await expect.poll(ready, { timeout: 10_000 }).toEqual({ ...allUp, code: 503, database: 'down', redis: 'down' });

    postgres.resume();
    redis.resume();
    await expect.poll(ready, { timeout: 10_000 }).toEqual(allUp);
  });

  it('names the stores that are away, but not where they are', async () => {
    await Promise.all([postgres.kill(), redis.kill()]);
    await expect.poll(ready).toEqual({ ...allUp, code: 503, database: 'down', redis: 'down' });

    const body = await (await fetch(`${chat.url()}/health/ready`)).text();
    for (const { hostname, port } of [postgres, redis].map(({ url }) => new URL(url))) {
      expect(body).not.toContain(hostname);
      expect(body).not.toContain(port);
    }
    expect(body).not.toMatch(/ECONN|connect|password|localhost|127\./i);
  });

  it('and the logs of an outage hold no message body, no token and no password', async () => {
    const token = chat.marketplace.token({ userId: 1 });
    const client = await chat.connect(1, { token });
    const { id: chatId } = await client.get('chat:create', { buyerId: 1, sellerId: 2 });
    await Promise.all([postgres.kill(), redis.kill()]);

    const text = 'words that stay between the two of us';
    expect(await client.failure('message:send', { chatId, text })).toMatchObject({ code: 'UNAVAILABLE' });
    await chat.connect(1, { token });
    await expect.poll(ready).toMatchObject({ code: 503, database: 'down', redis: 'down' });

    // The outage is told, so that what follows does not hold for want of logs.
    expect(logs.text).toContain('ECONNREFUSED');
    for (const secret of [text, token, chat.marketplace.secret]) {
      expect(logs.text).not.toContain(secret);
    }
  });
});
