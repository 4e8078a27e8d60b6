import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MarketplaceClient } from '../../../src/auth/marketplace-client.js';
import { ChatError } from '../../../src/contract/index.js';
import { watchRefusedConnections } from '../../support/auth/refused-connections.js';
import { startScriptedUpstream } from '../../support/auth/scripted-upstream.js';
import { FaultyMarketplace } from '../../support/marketplace/faulty-marketplace.js';

const TIMEOUT_MS = 200;
const ATTEMPTS = 3;

function clientOf(marketplaceApiUrl: string, validatePath = '/auth/me', timeoutMs = TIMEOUT_MS): MarketplaceClient {
  return new MarketplaceClient({
    marketplaceApiUrl,
    validatePath,
    timeoutMs,
    cacheTtlSeconds: 600,
    expiryGraceSeconds: 60,
    verificationKey: null,
    developmentTokens: false,
  });
}

describe('asking the marketplace who a token belongs to', () => {
  let marketplace: FaultyMarketplace;
  let client: MarketplaceClient;

  beforeEach(async () => {
    marketplace = await FaultyMarketplace.start();
    client = clientOf(marketplace.url, '/auth/me', 5_000);
  });
  afterEach(() => marketplace.stop());

  async function failureOf(asking: Promise<unknown>): Promise<ChatError> {
    const failure = await asking.then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ChatError);
    return failure as ChatError;
  }

  it('finds the user and the profile', async () => {
    expect(await client.whoIs(marketplace.token({ userId: 123 }), 'connect')).toEqual({
      userId: '123',
      profile: {
        username: 'anna',
        firstName: 'Anna',
        lastName: 'Berg',
        avatarUrl: expect.stringContaining('/avatars/123.svg'),
        role: 'buyer',
      },
    });
  });

  it('sends the token as a bearer, to the configured path below the base URL', async () => {
    const upstream = await startScriptedUpstream((_request, response) => response.end('{"id":7}'));

    expect((await clientOf(`${upstream.url}/api/v2/`, '/users/me').whoIs('a.b.c', 'connect')).userId).toBe('7');
    expect(upstream.requests).toEqual([{ method: 'GET', path: '/api/v2/users/me', authorization: 'Bearer a.b.c' }]);
  });

  it.each([401, 403])('takes %i for a refusal of the token', async (status) => {
    marketplace.authMe = status;
    const token = marketplace.token();

    expect(await failureOf(client.whoIs(token, 'connect'))).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(marketplace.calls(token)).toBe(1);
  });

  it.each([500, 502, 503, 429, 404, 400, 302, 204, 201, 'malformed-json', 'nobody', 'reset'] as const)(
    'takes %s for a fault of the marketplace, and does not ask again',
    async (behaviour) => {
      marketplace.authMe = behaviour;
      const token = marketplace.token();

      expect(await failureOf(client.whoIs(token, 'connect'))).toMatchObject({ code: 'AUTH_SERVICE_ERROR' });
      expect(marketplace.calls(token)).toBe(1);
    },
  );

  it('does not follow a redirect, which would take the token elsewhere', async () => {
    const elsewhere = await startScriptedUpstream((_request, response) => response.end('{"id":666}'));
    const upstream = await startScriptedUpstream((_request, response) =>
      response.writeHead(302, { location: `${elsewhere.url}/auth/me` }).end(),
    );

    expect(await failureOf(clientOf(upstream.url).whoIs('a.b.c', 'connect'))).toMatchObject({
      code: 'AUTH_SERVICE_ERROR',
    });
    expect(elsewhere.requests).toEqual([]);
  });

  it('gives up on a marketplace that says nothing', async () => {
    const upstream = await startScriptedUpstream(() => undefined);

    expect(await failureOf(clientOf(upstream.url).whoIs('a.b.c', 'connect'))).toMatchObject({
      code: 'AUTH_SERVICE_ERROR',
    });
    expect(upstream.requests).toHaveLength(1);
  });

  it('gives up on a marketplace that begins an answer and never ends it', async () => {
    const upstream = await startScriptedUpstream((_request, response) => {
      response.write('{"id":7');
      const trickle = setInterval(() => response.write(' '), TIMEOUT_MS / 10);
      response.once('close', () => clearInterval(trickle));
    });

    expect(await failureOf(clientOf(upstream.url).whoIs('a.b.c', 'connect'))).toMatchObject({
      code: 'AUTH_SERVICE_ERROR',
    });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ['at length', (body: Buffer) => ({ body, headers: {} })],
    ['packed small', (body: Buffer) => ({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } })],
  ])('does not read an answer that goes on and on, sent %s', async (_case, pack) => {
    const { body, headers } = pack(Buffer.from(`{"id":7,"padding":"${'x'.repeat(10_000_000)}"}`));
    const upstream = await startScriptedUpstream((_request, response) => response.writeHead(200, headers).end(body));

    expect(await failureOf(clientOf(upstream.url).whoIs('a.b.c', 'connect'))).toMatchObject({
      code: 'AUTH_SERVICE_ERROR',
    });
  });

  it('tries a refused connection again, a few times', async () => {
    const refusals = watchRefusedConnections(Number(new URL(marketplace.url).port));
    await marketplace.refuseConnections();

    expect(await failureOf(client.whoIs('a.b.c', 'connect'))).toMatchObject({ code: 'AUTH_SERVICE_ERROR' });
    expect(refusals()).toBe(ATTEMPTS);
  });

  it('succeeds when the marketplace comes back between two tries', async () => {
    const cameBack = Promise.withResolvers<void>();
    const refusals = watchRefusedConnections(Number(new URL(marketplace.url).port), (count) => {
      if (count === 1) {
        cameBack.resolve(marketplace.acceptConnections());
      }
    });
    await marketplace.refuseConnections();
    const token = marketplace.token({ userId: 456 });

    expect((await client.whoIs(token, 'connect')).userId).toBe('456');
    await cameBack.promise;
    expect(refusals()).toBeGreaterThan(0);
    expect(marketplace.calls(token)).toBe(1);
  });

  it('asks again, once, where the marketplace closed an idle connection just as it was used', async () => {
    const asked = new Map<unknown, number>();
    const upstream = await startScriptedUpstream((request, response) => {
      const before = asked.get(request.socket) ?? 0;
      asked.set(request.socket, before + 1);
      if (before > 0) {
        request.socket.destroy();
      } else {
        response.end('{"id":7}');
      }
    });
    const client = clientOf(upstream.url, '/auth/me', 5_000);

    expect((await client.whoIs('first', 'connect')).userId).toBe('7');
    expect((await client.whoIs('second', 'connect')).userId).toBe('7');
    expect(upstream.requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer first',
      'Bearer second',
      'Bearer second',
    ]);
  });

  it('does not ask a third time where that one is cut too', async () => {
    let requests = 0;
    const upstream = await startScriptedUpstream((request, response) => {
      requests += 1;
      if (requests > 1) {
        request.socket.destroy();
      } else {
        response.end('{"id":7}');
      }
    });
    const client = clientOf(upstream.url, '/auth/me', 5_000);
    await client.whoIs('first', 'connect');

    expect(await failureOf(client.whoIs('second', 'connect'))).toMatchObject({ code: 'AUTH_SERVICE_ERROR' });
    expect(requests).toBe(3);
  });

  it('carries the token in no error, however deep one looks', async () => {
    const token = marketplace.token();
    const failures: ChatError[] = [];
    for (const behaviour of [401, 500, 'nobody', 'malformed-json', 'reset'] as const) {
      marketplace.authMe = behaviour;
      failures.push(await failureOf(client.whoIs(token, 'connect')));
    }
    await marketplace.refuseConnections();
    failures.push(await failureOf(client.whoIs(token, 'connect')));

    const told = failures.map((failure) => inspect(failure, { depth: 20, showHidden: true })).join('\n');
    for (const part of token.split('.')) {
      expect(told).not.toContain(part);
    }
  });
});
