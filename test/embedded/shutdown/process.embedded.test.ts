import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestClient } from '../../support/chat/test-client.js';
import { FaultyMarketplace } from '../../support/marketplace/faulty-marketplace.js';
import { ChildService } from '../../support/process/child-service.js';

describe('the process of an instance', () => {
  let marketplace: FaultyMarketplace;
  let folder: string;
  let environment: Record<string, string>;
  const children: ChildService[] = [];

  beforeAll(async () => {
    marketplace = await FaultyMarketplace.start();
    folder = await mkdtemp(join(tmpdir(), 'chat-process-'));
    environment = {
      DATA_DIR: join(folder, 'data'),
      MARKETPLACE_API_URL: marketplace.url,
      JWT_SECRET: marketplace.secret,
      LOG_LEVEL: 'warn',
    };
  });
  afterAll(async () => {
    await marketplace.stop();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.end()));
  });

  async function spawn(env: Record<string, string>): Promise<ChildService> {
    const child = await ChildService.spawn(env);
    children.push(child);
    return child;
  }

  async function start(): Promise<ChildService> {
    const child = await ChildService.start(environment);
    children.push(child);
    return child;
  }

  const connect = ({ url }: ChildService) => TestClient.connect({ url, token: marketplace.token({ userId: 1 }) });

  it('ends with 0 on SIGTERM and on SIGINT, and its embedded database keeps every acked message', async () => {
    const before = await start();
    const client = await connect(before);
    const { id: chatId } = await client.get('chat:create', { buyerId: 1, sellerId: 2 });
    const sent = await client.get('message:send', { chatId, text: 'keep this' });

    before.signal('SIGTERM');
    expect(await before.ended).toEqual({ code: 0, signal: null });
    expect(client.received('server:draining')).toHaveLength(1);

    const after = await start();
    const again = await connect(after);
    expect((await again.get('chat:history', { chatId })).messages).toEqual([sent]);
    after.signal('SIGINT');
    expect(await after.ended).toEqual({ code: 0, signal: null });
  }, 120_000);

  it('ends with 78 on a bad environment, naming every variable and showing no value', async () => {
    const values = {
      PORT: 'port-of-call',
      JWT_SECRET: 'hush-hush',
      JWT_PUBLIC_KEY: 'no-pem-at-all',
      REDIS_URL: 'http://u:pw@x',
    };

    const child = await spawn(values);

    expect(await child.ended).toEqual({ code: 78, signal: null });
    for (const name of ['PORT', 'JWT_PUBLIC_KEY', 'REDIS_URL']) {
      expect(child.output).toContain(name);
    }
    for (const value of Object.values(values)) {
      expect(child.output).not.toContain(value);
    }
    expect(child.output).toMatch(/^unable to read configuration; /);
  });

  it('warns of a variable that looks like a misspelt one of its own, without its value', async () => {
    const child = await spawn({ PRESENCE_TTL_SECOND: '12345' });

    await expect.poll(() => child.output, { timeout: 20_000 }).toContain('PRESENCE_TTL_SECOND');
    expect(child.running).toBe(true);
    expect(child.output).not.toContain('12345');
  });
});
