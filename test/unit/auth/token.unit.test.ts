import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { decodeToken, stripBearer, verifySignature } from '../../../src/auth/token.js';
import { goodClaims, rawToken, unusableTokens } from '../../support/auth/forged-tokens.js';
import { signTestToken } from '../../support/marketplace/test-token.js';

const SECRET = 'the secret of this suite';

describe('stripBearer', () => {
  it.each([
    ['a bare token', 'abc', 'abc'],
    ['a Bearer token', 'Bearer abc', 'abc'],
    ['any case and any white space', '  bearer \t abc ', 'abc'],
  ])('finds %s', (_case, value, token) => {
    expect(stripBearer(value)).toBe(token);
  });

  it.each([[undefined], [null], [''], ['   '], ['Bearer '], ['Bearer'], [123], [true], [['abc']], [{ token: 'abc' }]])(
    'finds no token in %j',
    (value) => {
      expect(stripBearer(value)).toBeNull();
    },
  );
});

describe('decodeToken', () => {
  const now = Date.now();

  it('reads exp as milliseconds and names the token by its SHA-256', () => {
    const exp = Math.floor(now / 1_000) + 60;
    const raw = signTestToken({ secret: SECRET, claims: { exp } });

    const token = decodeToken(raw, 'connect', now);

    expect(token).toEqual({ raw, hash: expect.stringMatching(/^[0-9a-f]{64}$/), expiresAt: exp * 1_000 });
    expect(decodeToken(signTestToken({ secret: SECRET }), 'connect', now).hash).not.toBe(token.hash);
  });

  it('takes an exp with a fraction', () => {
    const raw = signTestToken({ secret: SECRET, claims: { exp: 4_000_000_000.5 } });
    expect(decodeToken(raw, 'connect', now).expiresAt).toBe(4_000_000_000_500);
  });

  it.each(Object.entries(unusableTokens))('refuses %s', (_case, raw) => {
    expect(() => decodeToken(raw, 'connect', now)).toThrow(
      expect.objectContaining({
        code: 'TOKEN_INVALID',
        message: expect.stringMatching(/^unable to connect; the token /),
      }),
    );
  });

  it('tells an expired token from a bad one, from the very millisecond of its exp', () => {
    const raw = signTestToken({ secret: SECRET, claims: { exp: 2_000_000_000 } });
    expect(decodeToken(raw, 'connect', 2_000_000_000_000 - 1).expiresAt).toBe(2_000_000_000_000);
    expect(() => decodeToken(raw, 'connect', 2_000_000_000_000)).toThrow(
      expect.objectContaining({ code: 'TOKEN_EXPIRED' }),
    );
  });

  it('calls an exp in the deepest past expired', () => {
    const raw = rawToken({ alg: 'HS256', typ: 'JWT' }, '{"sub":"123","exp":-1e308}');
    expect(() => decodeToken(raw, 'connect', now)).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED' }));
  });
});

describe('verifySignature', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsaPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const ecPem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const refusal = expect.objectContaining({ code: 'TOKEN_INVALID' });

  function verify(raw: string, kind: 'secret' | 'public', key: string): void {
    verifySignature(decodeToken(raw, 'connect', Date.now()), { kind, key }, 'connect');
  }

  it.each(['HS256', 'HS384', 'HS512'] as const)('accepts %s with the shared secret', (algorithm) => {
    verify(signTestToken({ secret: SECRET, algorithm }), 'secret', SECRET);
  });

  it.each(['RS256', 'RS384', 'PS256', 'PS512'] as const)('accepts %s with the RSA key', (algorithm) => {
    verify(jwt.sign(goodClaims(), rsa.privateKey, { algorithm }), 'public', rsaPem);
  });

  it('accepts ES256 with the elliptic key', () => {
    verify(jwt.sign(goodClaims(), ec.privateKey, { algorithm: 'ES256' }), 'public', ecPem);
  });

  it('refuses another secret', () => {
    expect(() => verify(signTestToken({ secret: 'somebody else' }), 'secret', SECRET)).toThrow(refusal);
  });

  it('refuses claims that were changed after signing', () => {
    const [header, , signature] = signTestToken({ secret: SECRET, userId: 123 }).split('.');
    const claims = Buffer.from(JSON.stringify(goodClaims(456))).toString('base64url');
    expect(() => verify(`${header}.${claims}.${signature}`, 'secret', SECRET)).toThrow(refusal);
  });

  it('refuses a token that is not valid yet', () => {
    const claims = { nbf: Math.floor(Date.now() / 1_000) + 600 };
    expect(() => verify(signTestToken({ secret: SECRET, claims }), 'secret', SECRET)).toThrow(refusal);
  });

  it('refuses another private key, of the same kind and of another', () => {
    const forged = jwt.sign(goodClaims(), otherRsa.privateKey, { algorithm: 'RS256' });
    expect(() => verify(forged, 'public', rsaPem)).toThrow(refusal);
    const elliptic = jwt.sign(goodClaims(), ec.privateKey, { algorithm: 'ES256' });
    expect(() => verify(elliptic, 'public', rsaPem)).toThrow(refusal);
  });

  // The public key is public: were it taken for an HMAC secret, anybody could sign.
  it.each([
    ['RSA', rsaPem],
    ['elliptic', ecPem],
  ])('refuses HS256 signed with the text of the %s public key', (_kind, pem) => {
    for (const key of [pem, pem.trim()]) {
      const forged = signTestToken({ secret: key, algorithm: 'HS256' });
      expect(() => verify(forged, 'public', pem)).toThrow(refusal);
    }
  });

  it('refuses a public-key signature where a secret is set', () => {
    const foreign = jwt.sign(goodClaims(), rsa.privateKey, { algorithm: 'RS256' });
    expect(() => verify(foreign, 'secret', SECRET)).toThrow(refusal);
  });

  it('says nothing of the token, the key or the reason inside', () => {
    const raw = signTestToken({ secret: 'somebody else' });
    let message = '';
    try {
      verify(raw, 'secret', SECRET);
    } catch (error) {
      message = String(error) + JSON.stringify(error);
    }
    expect(message).toContain('unable to connect; ');
    for (const part of [...raw.split('.'), SECRET]) {
      expect(message).not.toContain(part);
    }
  });
});
