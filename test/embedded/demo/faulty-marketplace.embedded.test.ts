import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyMarketplace, type UserShape } from '../../support/marketplace/faulty-marketplace.js';

let marketplace: FaultyMarketplace;

beforeEach(async () => {
  marketplace = await FaultyMarketplace.start();
});

afterEach(async () => {
  await marketplace.stop();
});

function whoIs(token: string): Promise<Response> {
  return fetch(`${marketplace.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
}

/** Other suites rest on these switches: one that does nothing would let their tests pass for no reason. */
describe('the faulty marketplace', () => {
  it('vouches for its own tokens and counts the questions per token', async () => {
    const [one, other] = [marketplace.token({ userId: 77 }), marketplace.token({ userId: 'ann' })];
    expect(await (await whoIs(one)).json()).toMatchObject({ id: 77 });
    expect(await (await whoIs(other)).json()).toMatchObject({ id: 'ann' });
    await whoIs(other);
    expect([marketplace.calls(one), marketplace.calls(other), marketplace.calls()]).toEqual([1, 2, 3]);
  });

  it.each([401, 403, 500, 503])('answers %i when told to', async (status) => {
    marketplace.authMe = status;
    expect((await whoIs(marketplace.token())).status).toBe(status);
  });

  it('sends JSON that does not parse, and JSON that names nobody', async () => {
    marketplace.authMe = 'malformed-json';
    await expect((await whoIs(marketplace.token())).json()).rejects.toThrow(SyntaxError);
    marketplace.authMe = 'nobody';
    expect(await (await whoIs(marketplace.token())).json()).toEqual({ ok: true });
  });

  it('holds answers back until they are released', async () => {
    marketplace.authMe = 'hang';
    const answers = [whoIs(marketplace.token()), whoIs(marketplace.token())];
    await expect.poll(() => marketplace.waiting).toBe(2);
    marketplace.release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('cuts and refuses connections, and comes back at the same address', async () => {
    marketplace.authMe = 'reset';
    await expect(whoIs(marketplace.token())).rejects.toThrow();
    marketplace.authMe = 'user';
    const { url } = marketplace;
    await marketplace.refuseConnections();
    await expect(whoIs(marketplace.token())).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await marketplace.acceptConnections();
    expect(marketplace.url).toBe(url);
    expect((await whoIs(marketplace.token())).status).toBe(200);
  });

  const namings: Record<UserShape, object> = {
    id: { id: 456 },
    userId: { userId: 456 },
    sub: { sub: '456' },
    'data.id': { data: { id: 456 } },
    'user.id': { user: { id: 456 } },
    'data.userId': { data: { userId: 456 } },
    'user.sub': { user: { sub: '456' } },
  };

  it.each(Object.entries(namings) as [UserShape, object][])('names the user as %s', async (shape, expected) => {
    marketplace.userShape = shape;
    expect(await (await whoIs(marketplace.token({ userId: 456 }))).json()).toMatchObject(expected);
  });

  it.each([
    ['expired', { expiresInSeconds: -1 }],
    ['unsigned', { algorithm: 'none' as const }],
    ['forged', { secret: 'another' }],
  ])('does not vouch for a token of its own making that is %s', async (_case, options) => {
    expect((await whoIs(marketplace.token(options))).status).toBe(401);
  });
});
