import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { AuthConfig } from '../config/config.js';
import { ChatError } from '../contract/index.js';

/** A decoded, not yet trusted token. */
export interface DecodedToken {
  raw: string;
  /** SHA-256 of the token, hex: what caches and logs may hold in its place. */
  hash: string;
  /** `exp` in milliseconds since the epoch. */
  expiresAt: number;
}

const SECRET_ALGORITHMS: jwt.Algorithm[] = ['HS256', 'HS384', 'HS512'];
const PUBLIC_KEY_ALGORITHMS: jwt.Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
];
const KNOWN_ALGORITHMS = new Set<string>([...SECRET_ALGORITHMS, ...PUBLIC_KEY_ALGORITHMS]);

/** Longer ones are no JWT of a sane marketplace; hashing and forwarding them would be work for an attacker. */
const MAX_TOKEN_LENGTH = 8_192;

/** The end of what a JavaScript Date can hold; a later `exp` could not be told to the client. */
const LAST_DATE_MS = 8.64e15;

/** The token without a `Bearer ` prefix; `null` when there is none. */
export function stripBearer(value: unknown): string | null {
  if (typeof value !== 'string') {
    return null;
  }
  // Servers trim header values, so that an empty Bearer arrives without its space.
  const token = value.trim().replace(/^Bearer(?:\s+|$)/i, '');
  return token === '' ? null : token;
}

/**
 * Reads a token without trusting it: shape, algorithm, `exp`.
 *
 * @param now milliseconds since the epoch
 * @throws ChatError `TOKEN_INVALID` for what is no signed JWT with an `exp`, `TOKEN_EXPIRED` for one past it
 */
export function decodeToken(raw: string, operation: string, now: number): DecodedToken {
  const decoded = raw.length > MAX_TOKEN_LENGTH ? null : decodeSafely(raw);
  // The payload may be the JSON text `null`, whatever the library's types promise.
  if (decoded === null || typeof decoded.payload === 'string' || decoded.payload === null) {
    throw new ChatError('TOKEN_INVALID', operation, 'the token is not a JSON Web Token');
  }
  if (!KNOWN_ALGORITHMS.has(decoded.header.alg) || decoded.signature === '') {
    throw new ChatError('TOKEN_INVALID', operation, 'the token is not signed with a supported algorithm');
  }
  const { exp } = decoded.payload;
  if (typeof exp !== 'number' || !Number.isFinite(exp) || exp > LAST_DATE_MS / 1_000) {
    throw new ChatError('TOKEN_INVALID', operation, 'the token has no exp, so it could never end');
  }
  const expiresAt = Math.floor(exp * 1_000);
  if (expiresAt <= now) {
    throw new ChatError('TOKEN_EXPIRED', operation, 'the token is past its exp; get a new one from the marketplace');
  }
  return { raw, hash: createHash('sha256').update(raw).digest('hex'), expiresAt };
}

function decodeSafely(raw: string): jwt.Jwt | null {
  try {
    return jwt.decode(raw, { complete: true });
  } catch {
    return null;
  }
}

type VerificationKey = NonNullable<AuthConfig['verificationKey']>;

const keyObjects = new WeakMap<VerificationKey, KeyObject>();

/** Given a string, the library would try it as a public key for every token, and throw inside where it is a secret. */
function keyObject(verificationKey: VerificationKey): KeyObject {
  const known = keyObjects.get(verificationKey);
  if (known !== undefined) {
    return known;
  }
  const { kind, key } = verificationKey;
  const made = kind === 'secret' ? createSecretKey(key, 'utf8') : createPublicKey(key);
  keyObjects.set(verificationKey, made);
  return made;
}

/**
 * Checks the signature with the deployment's own key, so that forged tokens never reach the marketplace.
 *
 * @throws ChatError `TOKEN_INVALID`
 */
export function verifySignature(token: DecodedToken, verificationKey: VerificationKey, operation: string): void {
  try {
    jwt.verify(token.raw, keyObject(verificationKey), {
      algorithms: verificationKey.kind === 'secret' ? SECRET_ALGORITHMS : PUBLIC_KEY_ALGORITHMS,
    });
  } catch {
    // The library's reasons may quote the token's parts; ours says what to do.
    throw new ChatError('TOKEN_INVALID', operation, 'the signature does not fit; log in at the marketplace again');
  }
}
