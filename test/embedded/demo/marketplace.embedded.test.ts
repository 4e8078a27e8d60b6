import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MarketplaceUser, Product } from '../../../demo/marketplace/catalogue.js';
import { type MarketplaceApi, startMarketplaceApi } from '../../../demo/marketplace/marketplace-api.js';
import { signTestToken } from '../../support/marketplace/test-token.js';

interface LoginAnswer {
  accessToken: string;
  expiresIn: number;
  user: MarketplaceUser;
}

const SECRET = 'the secret of this test';

let api: MarketplaceApi;

beforeAll(async () => {
  api = await startMarketplaceApi({ port: 0, secret: SECRET, tokenTtlSeconds: 60 });
});

afterAll(async () => {
  await api.stop();
});

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(api.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

async function read<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const whoIs = (token: string) => fetch(`${api.url}/auth/me`, { headers: bearer(token) });

describe('the stub marketplace API', () => {
  it('logs a user in with a signed token that names them', async () => {
    const response = await post('/auth/login', '{"email":"anna@demo.example","password":"demo"}');
    expect(response.status).toBe(200);
    const { accessToken, expiresIn, user } = await read<LoginAnswer>(response);
    expect(expiresIn).toBe(60);
    expect(user).toMatchObject({ id: 123, username: 'anna', firstName: 'Anna', role: 'buyer' });

    const claims = jwt.verify(accessToken, SECRET, { algorithms: ['HS256'] }) as jwt.JwtPayload;
    expect(claims).toMatchObject({ sub: '123', jti: expect.any(String) });
    expect(claims.exp).toBe((claims.iat ?? 0) + 60);
    expect(await (await whoIs(accessToken)).json()).toEqual(user);
    expect((await fetch(user.avatarUrl)).headers.get('content-type')).toBe('image/svg+xml');
  });

  it('issues a distinct token at every login and refresh, also within one second', async () => {
    const login = async () =>
      read<LoginAnswer>(await post('/auth/login', '{"email":"sam@demo.example","password":"demo"}'));
    const [first, second] = await Promise.all([login(), login()]);
    const third = await read<LoginAnswer>(await post('/auth/refresh', '{}', bearer(first.accessToken)));
    expect(new Set([first.accessToken, second.accessToken, third.accessToken]).size).toBe(3);
    expect(third.user.id).toBe(456);
  });

  it('refreshes a token that ended a while ago, but not one that ended days ago, and never vouches for either', async () => {
    const hourOld = api.issueToken(123, -3_600);
    const daysOld = api.issueToken(123, -3 * 86_400);
    expect((await post('/auth/refresh', '', bearer(hourOld))).status).toBe(200);
    expect((await post('/auth/refresh', '', bearer(daysOld))).status).toBe(401);
    expect((await whoIs(hourOld)).status).toBe(401);
  });

  it.each([
    ['no token at all', ''],
    ['garbage', 'garbage'],
    ['another secret', signTestToken({ secret: 'another' })],
    ['no signature', signTestToken({ secret: SECRET, algorithm: 'none' })],
    ['another algorithm', signTestToken({ secret: SECRET, algorithm: 'HS512' })],
    ['a user who does not exist', signTestToken({ secret: SECRET, userId: 999 })],
  ])('refuses %s', async (_case, token) => {
    const response = await whoIs(token);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ statusCode: 401, error: 'Unauthorized' });
  });

  it.each([
    ['wrong password', '{"email":"anna@demo.example","password":"guess"}', 401],
    ['unknown user', '{"email":"eve@demo.example","password":"demo"}', 401],
    ['missing password', '{"email":"anna@demo.example"}', 400],
    ['email of another type', '{"email":7,"password":"demo"}', 400],
    ['null', 'null', 400],
    ['no JSON', '{"email":', 400],
    ['a body above the cap', JSON.stringify({ email: 'x'.repeat(20_000), password: 'demo' }), 413],
  ])('answers a login with %s by a JSON error', async (_case, body, status) => {
    const response = await post('/auth/login', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ statusCode: status, message: expect.any(String) });
  });

  it('lists users and products, and every product has a seller', async () => {
    const users = await read<MarketplaceUser[]>(await fetch(`${api.url}/users`));
    const products = await read<Product[]>(await fetch(`${api.url}/products`));
    const sellers = users.filter(({ role }) => role === 'seller').map(({ id }) => id);
    expect(products.length).toBeGreaterThan(0);
    for (const { sellerId } of products) {
      expect(sellers).toContain(sellerId);
    }
  });

  it('answers unknown paths, wrong methods and preflights as a browser expects', async () => {
    expect((await fetch(`${api.url}/nothing`)).status).toBe(404);
    const wrongMethod = await fetch(`${api.url}/auth/login`);
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST']);
    const preflight = await fetch(`${api.url}/auth/me`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  });
});
