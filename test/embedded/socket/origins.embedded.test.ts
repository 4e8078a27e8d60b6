import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { RawClient } from '../../support/socket/raw-client.js';

const SHOP = 'https://shop.example';
const SECOND_SHOP = 'http://localhost:3000';

describe('the origins that may connect', () => {
  let chat: TestChat;
  let endpoint: string;

  beforeAll(async () => {
    chat = await TestChat.start({ env: { FRONTEND_URL: `${SHOP}, ${SECOND_SHOP}` } });
    endpoint = `${chat.url()}/socket.io/?EIO=4&transport=polling`;
  });
  afterAll(() => chat.stop());

  function headersOf(origin: string | null): Record<string, string> {
    return origin === null ? {} : { Origin: origin };
  }

  /** A polling connection, opened by a client of a good origin. */
  async function openPolling(): Promise<{ sid: string }> {
    const response = await fetch(endpoint, { headers: { Origin: SHOP } });
    return JSON.parse((await response.text()).slice(1)) as { sid: string };
  }

  const allowed: [string, string | null][] = [
    ['a listed origin', SHOP],
    ['another listed origin', SECOND_SHOP],
    ['no origin: not a browser', null],
  ];
  const foreign: [string, string][] = [
    ['a foreign origin', 'https://evil.example'],
    ['the origin of a sandboxed page', 'null'],
    ['an empty origin', ''],
    ['a listed host with another scheme', 'http://shop.example'],
    ['a listed host with another port', 'https://shop.example:8443'],
    ['a host that starts like a listed one', 'https://shop.example.evil.example'],
    ['a subdomain of a listed one', 'https://www.shop.example'],
    ['a listed origin with a path', 'https://shop.example/'],
    ['two origins, one of them listed', `${SHOP}, https://evil.example`],
  ];

  describe.each(allowed)('%s', (_case, origin) => {
    const headers = headersOf(origin);

    it('may open a polling connection', async () => {
      const response = await fetch(endpoint, { headers });

      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    });

    it('may open a websocket', async () => {
      const raw = new RawClient({ url: chat.url(), headers });
      await raw.opened();
      raw.close();
    });

    it.each([['polling' as const], ['websocket' as const]])('may converse over %s', async (transport) => {
      const client = await chat.connect(123, { headers, transports: [transport] });
      await client.barrier();
    });

    it('may upgrade from polling to a websocket', async () => {
      const client = await chat.connect(123, { headers, transports: ['polling', 'websocket'] });
      await expect.poll(() => client.socket.io.engine.transport.name).toBe('websocket');
      await client.barrier();
    });
  });

  describe.each(foreign)('%s', (_case, origin) => {
    const headers = headersOf(origin);

    it('may not open a polling connection', async () => {
      const response = await fetch(endpoint, { headers });

      expect(response.status).toBe(400);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    });

    // engine.io's own check runs at the handshake only: whoever learns a sid would get in here.
    it('may not read from or write to a polling connection that exists', async () => {
      const { sid } = await openPolling();
      const read = await fetch(`${endpoint}&sid=${sid}`, { headers });
      const write = await fetch(`${endpoint}&sid=${sid}`, { method: 'POST', body: '40/chat,{}', headers });

      expect([read.status, write.status]).toEqual([400, 400]);
    });

    it('may not open a websocket', async () => {
      expect(await new RawClient({ url: chat.url(), headers }).refused()).toBe(400);
    });

    it('may not upgrade a polling connection that exists to a websocket', async () => {
      const { sid } = await openPolling();

      expect(await new RawClient({ url: chat.url(), headers, query: { sid } }).refused()).toBe(400);
    });
  });

  it('may not reach the chat with a good token from a foreign page', async () => {
    const token = chat.marketplace.token({ userId: 123 });
    for (const transport of ['polling', 'websocket'] as const) {
      const client = chat.dial({ token, transports: [transport], headers: headersOf('https://evil.example') });
      await expect.poll(() => client.log.map(({ event }) => event)).toEqual(['connect_error']);
    }
  });

  it('learn which origin is theirs from the preflight, and a foreign one that it has none', async () => {
    const preflight = (origin: string) =>
      fetch(endpoint, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });

    expect((await preflight(SHOP)).headers.get('access-control-allow-origin')).toBe(SHOP);
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});
