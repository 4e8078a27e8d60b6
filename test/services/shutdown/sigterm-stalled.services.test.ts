import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestClient } from '../../support/chat/test-client.js';
import { FaultyMarketplace } from '../../support/marketplace/faulty-marketplace.js';
import { ChildService } from '../../support/process/child-service.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';
import type { ServerProcess } from '../../support/services/server-process.js';

/** Waiting for a store would outlast every test here, so an exit shows that the shutdown does not wait for it. */
const PATIENT = { DATABASE_TIMEOUT_MS: '600000', SEND_TIMEOUT_MS: '600000' };

describeWithPrivateServers('SIGTERM while something stalls', (servers) => {
  let postgres: ServerProcess;
  let redis: ServerProcess;
  let marketplace: FaultyMarketplace;
  let child: ChildService;
  let buyer: TestClient;
  let chatId: string;

  const startInstance = (env: Record<string, string>): Promise<ChildService> =>
    ChildService.start({
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      MARKETPLACE_API_URL: marketplace.url,
      JWT_SECRET: marketplace.secret,
      LOG_LEVEL: 'warn',
      ...env,
    });

  async function start(env: Record<string, string>): Promise<void> {
    child = await startInstance(env);
    buyer = await TestClient.connect({ url: child.url, token: marketplace.token({ userId: 1 }) });
    ({ id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 }));
    await buyer.get('chat:join', { chatId });
  }

  beforeEach(async () => {
    [postgres, redis, marketplace] = await Promise.all([
      servers.startPostgres(),
      servers.startRedis(),
      FaultyMarketplace.start(),
    ]);
  });
  afterEach(async () => {
    buyer.close();
    await child.end();
    await marketplace.stop();
    await Promise.all([postgres.dispose(), redis.dispose()]);
  });

  it('is harmless when it comes twice: the send under way is stored and acked, and the exit code is 0', async () => {
    await start({ SHUTDOWN_TIMEOUT_MS: '60000' });
    postgres.pause();
    const answer = buyer.ask('message:send', { chatId, text: 'wait for me' });
    // A joined client's typing needs no database: once it is answered, the send before it has arrived.
    await buyer.get('typing:start', { chatId });

    child.signal('SIGTERM');
    await buyer.event('server:draining');
    child.signal('SIGTERM');
    expect(await buyer.failure('typing:stop', { chatId })).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    postgres.resume();

    expect(await answer).toMatchObject({ success: true, data: { seq: 1, text: 'wait for me' } });
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  it('ends the process though PostgreSQL never answers the send under way', async () => {
    await start({ ...PATIENT, SHUTDOWN_TIMEOUT_MS: '1000' });
    postgres.pause();
    const answer = buyer.ask('message:send', { chatId, text: 'wait for me' }).catch(() => 'disconnected');
    await buyer.get('typing:start', { chatId });

    child.signal('SIGTERM');

    expect(await answer).toBe('disconnected');
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  it.each([
    { what: 'a send that PostgreSQL never answers', env: PATIENT, answered: 'disconnected' },
    {
      what: 'a send that was given up, and may be stored all the same',
      env: { DATABASE_TIMEOUT_MS: '500', SEND_TIMEOUT_MS: '500' },
      answered: { success: false, error: { code: 'UNAVAILABLE' } },
    },
  ])(
    'leaves $what to the other instances: their clients are told to sync',
    async ({ env, answered }) => {
      await start({ ...env, SHUTDOWN_TIMEOUT_MS: '2000' });
      const other = await startInstance({});
      const seller = await TestClient.connect({ url: other.url, token: marketplace.token({ userId: 2 }) });
      await seller.get('chat:join', { chatId });
      expect(seller.received('sync:required')).toEqual([]);
      postgres.pause();
      const answer = buyer.ask('message:send', { chatId, text: 'wait for me' }).catch(() => 'disconnected');
      await buyer.get('typing:start', { chatId });

      child.signal('SIGTERM');

      if (typeof answered === 'string') {
        expect(await answer).toBe(answered);
      } else {
        expect(await answer).toMatchObject(answered);
      }
      expect(await child.ended).toEqual({ code: 0, signal: null });
      await seller.event('sync:required');
      seller.close();
      await other.end();
    },
    60_000,
  );

  it('ends the process though Redis never answers', async () => {
    await start({ SHUTDOWN_TIMEOUT_MS: '1000' });
    redis.pause();

    child.signal('SIGTERM');

    expect(await buyer.disconnected()).toBe('transport close');
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  it('ends the process though a peer holds a connection open and says nothing', async () => {
    await start({ SHUTDOWN_TIMEOUT_MS: '1000' });
    const { hostname, port } = new URL(child.url);
    const silent = connect(Number(port), hostname).on('error', () => undefined);
    await once(silent, 'connect');
    silent.write('GET /health/live HTTP/1.1\r\n');

    child.signal('SIGTERM');

    expect(await child.ended).toEqual({ code: 0, signal: null });
    silent.destroy();
  });
});
