import { generateKeyPairSync } from 'node:crypto';
import { ConsoleLogger, Logger } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Authenticator } from '../../../src/auth/authenticator.js';
import { MarketplaceClient } from '../../../src/auth/marketplace-client.js';
import type { MarketplaceUser } from '../../../src/auth/marketplace-user.js';
import { MemorySessionCache } from '../../../src/auth/memory-session-cache.js';
import type { Session } from '../../../src/auth/session.js';
import { type CutsRead, type Recollection, SessionCache } from '../../../src/auth/session-cache.js';
import { SessionCuts } from '../../../src/auth/session-cuts.js';
import { decodeToken } from '../../../src/auth/token.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { ChatError } from '../../../src/contract/index.js';
import { goodClaims } from '../../support/auth/forged-tokens.js';
import { signTestToken, type TestTokenOptions } from '../../support/marketplace/test-token.js';

const SECRET = 'the secret of this suite';
const profile = { username: 'anna', firstName: null, lastName: null, avatarUrl: null, role: null };

/** A marketplace whose answers the test gives by hand. */
class AskedMarketplace extends MarketplaceClient {
  readonly asked: string[] = [];
  answer: () => Promise<MarketplaceUser> = async () => ({ userId: '123', profile });

  override async whoIs(token: string): Promise<MarketplaceUser> {
    this.asked.push(token);
    return this.answer();
  }
}

/** Records how long each session is to be remembered. */
class RecordingCache extends SessionCache {
  readonly lives: number[] = [];

  override async get(): Promise<Recollection> {
    return { session: null, asOf: 0 };
  }

  override async set(_tokenHash: string, _session: Session, ttlMs: number): Promise<void> {
    this.lives.push(ttlMs);
  }

  override async cut(): Promise<number> {
    return 1;
  }

  override async cutsAfter(): Promise<CutsRead> {
    return { cuts: [], asOf: 0 };
  }
}

class AbsentCache extends SessionCache {
  override async get(): Promise<Recollection> {
    throw new Error('connection is closed');
  }

  override async set(): Promise<void> {
    throw new Error('connection is closed');
  }

  override async cut(): Promise<number> {
    throw new Error('connection is closed');
  }

  override async cutsAfter(): Promise<CutsRead> {
    throw new Error('connection is closed');
  }
}

function token(options: TestTokenOptions = {}): string {
  return signTestToken({ secret: SECRET, ...options });
}

interface Deployment {
  env?: Record<string, string>;
  cache?: SessionCache;
}

function build({ env = { JWT_SECRET: SECRET }, cache = new MemorySessionCache() }: Deployment = {}) {
  const { config } = loadConfig({ NODE_ENV: 'test', ...env });
  const marketplace = new AskedMarketplace(config.auth);
  const cuts = new SessionCuts(cache);
  return { marketplace, cuts, authenticator: new Authenticator(config, marketplace, cache, cuts) };
}

describe('the authenticator', () => {
  it('makes a session of what the marketplace says and of the exp of the token', async () => {
    const { authenticator } = build();
    const raw = token({ userId: 999 });

    expect(await authenticator.authenticate(`Bearer ${raw}`, 'connect')).toEqual({
      userId: '123',
      expiresAt: decodeToken(raw, 'connect', Date.now()).expiresAt,
      asOf: 0,
      profile,
    });
  });

  it('asks once for any number of concurrent checks of one token', async () => {
    const { authenticator, marketplace } = build();
    const asked = Promise.withResolvers<MarketplaceUser>();
    marketplace.answer = () => asked.promise;
    const raw = token();

    const checks = Array.from({ length: 50 }, () => authenticator.authenticate(raw, 'connect'));
    await vi.waitFor(() => expect(marketplace.asked).toEqual([raw]));
    asked.resolve({ userId: '123', profile });

    const sessions = await Promise.all(checks);
    expect(new Set(sessions.map(({ userId }) => userId))).toEqual(new Set(['123']));
    expect(marketplace.asked).toHaveLength(1);
  });

  it('asks for each of two tokens of one user', async () => {
    const { authenticator, marketplace } = build();
    await Promise.all([authenticator.authenticate(token(), 'connect'), authenticator.authenticate(token(), 'connect')]);

    expect(marketplace.asked).toHaveLength(2);
  });

  it('asks no more once the session is cached', async () => {
    const { authenticator, marketplace } = build();
    const raw = token();
    const first = await authenticator.authenticate(raw, 'connect');

    expect(await authenticator.authenticate(`bearer ${raw}`, 'refresh token')).toEqual(first);
    expect(marketplace.asked).toHaveLength(1);
  });

  it('shares a failure among concurrent checks, and caches it never', async () => {
    const { authenticator, marketplace } = build();
    marketplace.answer = async () => {
      throw new ChatError('AUTH_SERVICE_ERROR', 'connect', 'the marketplace is away');
    };
    const raw = token();
    const failures = await Promise.allSettled([
      authenticator.authenticate(raw, 'connect'),
      authenticator.authenticate(raw, 'connect'),
    ]);
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(marketplace.asked).toHaveLength(1);

    marketplace.answer = async () => ({ userId: '123', profile });
    expect((await authenticator.authenticate(raw, 'connect')).userId).toBe('123');
    expect(marketplace.asked).toHaveLength(2);
  });

  it('asks again for who comes after a cut, also while a check from before it is under way, and believes the later answer', async () => {
    const { authenticator, marketplace, cuts } = build();
    const early = Promise.withResolvers<MarketplaceUser>();
    marketplace.answer = () => early.promise;
    const raw = token();
    const before = authenticator.authenticate(raw, 'connect');
    await vi.waitFor(() => expect(marketplace.asked).toHaveLength(1));

    await cuts.cut('123');
    marketplace.answer = async () => ({ userId: '123', profile: { ...profile, username: 'later' } });
    const after = await authenticator.authenticate(raw, 'connect');
    early.resolve({ userId: '123', profile });

    expect(cuts.covers(await before)).toBe(true);
    expect(cuts.covers(after)).toBe(false);
    expect(marketplace.asked).toHaveLength(2);
    expect((await authenticator.authenticate(raw, 'connect')).profile.username).toBe('later');
  });

  it('believes nothing that was asked before a cut, though the answer comes after it', async () => {
    const { authenticator, marketplace, cuts } = build();
    const early = Promise.withResolvers<MarketplaceUser>();
    marketplace.answer = () => early.promise;
    const raw = token();
    const check = authenticator.authenticate(raw, 'connect');
    await vi.waitFor(() => expect(marketplace.asked).toHaveLength(1));

    await cuts.cut('123');
    early.resolve({ userId: '123', profile });
    await check;
    marketplace.answer = async () => {
      throw new ChatError('TOKEN_INVALID', 'connect', 'the marketplace refused the token');
    };

    await expect(authenticator.authenticate(raw, 'connect')).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('works without its cache', async () => {
    Logger.overrideLogger(false);
    onTestFinished(() => Logger.overrideLogger(new ConsoleLogger()));
    const { authenticator, marketplace } = build({ cache: new AbsentCache() });
    const raw = token();

    expect((await authenticator.authenticate(raw, 'connect')).userId).toBe('123');
    expect((await authenticator.authenticate(raw, 'connect')).userId).toBe('123');
    expect(marketplace.asked).toHaveLength(2);
  });

  it('does not take a cached session for good when the token has expired meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { authenticator } = build();
    const raw = token({ expiresInSeconds: 30 });
    await authenticator.authenticate(raw, 'connect');
    vi.setSystemTime(Date.now() + 31_000);

    await expect(authenticator.authenticate(raw, 'connect')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    vi.useRealTimers();
  });
});

describe('how long the authenticator remembers a session', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['ten minutes for a token that lives longer', 3_600, {}, 600_000],
    ['ten minutes for a token that lives just as long', 600, {}, 600_000],
    ['the rest of the life of a token that ends sooner', 42, {}, 42_000],
    ['what the deployment says', 3_600, { AUTH_CACHE_TTL_SECONDS: '30' }, 30_000],
  ])('is %s', async (_case, expiresInSeconds, env, lifeMs) => {
    const cache = new RecordingCache();
    const { authenticator } = build({ env: { JWT_SECRET: SECRET, ...env }, cache });
    await authenticator.authenticate(token({ expiresInSeconds }), 'connect');

    expect(cache.lives).toEqual([lifeMs]);
  });
});

describe('what never reaches the marketplace', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecPem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const withSecret = { JWT_SECRET: SECRET };
  const withRsa = { JWT_PUBLIC_KEY: publicPem };
  const withEc = { JWT_PUBLIC_KEY: ecPem.replaceAll('\n', '\\n') };

  it.each([
    ['no token', withSecret, undefined, 'TOKEN_REQUIRED'],
    ['an empty token', withSecret, 'Bearer ', 'TOKEN_REQUIRED'],
    ['garbage', withSecret, 'garbage', 'TOKEN_INVALID'],
    ['an expired token', withSecret, token({ expiresInSeconds: -1 }), 'TOKEN_EXPIRED'],
    ['an unsigned token', withSecret, token({ algorithm: 'none' }), 'TOKEN_INVALID'],
    ['an unsigned token where the marketplace alone decides', {}, token({ algorithm: 'none' }), 'TOKEN_INVALID'],
    ['a wrongly signed token', withSecret, token({ secret: 'another' }), 'TOKEN_INVALID'],
    ['HS256 signed with the RSA public key', withRsa, token({ secret: publicPem }), 'TOKEN_INVALID'],
    ['HS256 signed with the elliptic public key', withEc, token({ secret: ecPem }), 'TOKEN_INVALID'],
    [
      'a token of another key pair',
      withEc,
      jwt.sign(goodClaims(), rsa.privateKey, { algorithm: 'RS256' }),
      'TOKEN_INVALID',
    ],
  ])('%s', async (_case, env, value, code) => {
    const { authenticator, marketplace } = build({ env });

    await expect(authenticator.authenticate(value, 'connect')).rejects.toMatchObject({ code });
    expect(marketplace.asked).toEqual([]);
  });

  it.each([
    ['RS256 with the RSA public key', withRsa, jwt.sign(goodClaims(), rsa.privateKey, { algorithm: 'RS256' })],
    ['ES256 with the elliptic public key', withEc, jwt.sign(goodClaims(), ec.privateKey, { algorithm: 'ES256' })],
    ['a signature of anybody, where the marketplace alone decides', {}, token({ secret: 'unknown to us' })],
  ])('not among them: %s', async (_case, env, raw) => {
    const { authenticator, marketplace } = build({ env });

    expect((await authenticator.authenticate(raw, 'connect')).userId).toBe('123');
    expect(marketplace.asked).toEqual([raw]);
  });

  it('a forged token, also while a good one of the same user is being checked and once it is cached', async () => {
    const { authenticator, marketplace } = build();
    const good = token();
    const [header, claims] = good.split('.');
    const forged = `${header}.${claims}.${Buffer.from('forged').toString('base64url')}`;
    const checks = await Promise.allSettled([
      authenticator.authenticate(good, 'connect'),
      authenticator.authenticate(forged, 'connect'),
    ]);

    expect(checks.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(authenticator.authenticate(forged, 'connect')).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(marketplace.asked).toEqual([good]);
  });
});
