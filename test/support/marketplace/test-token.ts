import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';

export interface TestTokenOptions {
  /** The claim `sub`. Default 123. */
  userId?: string | number;
  /** Life from now. Negative: expired already. `null`: the token has no exp. Default 900. */
  expiresInSeconds?: number | null;
  /** Further claims; they win over those made here. `undefined` takes a claim out. */
  claims?: Record<string, unknown>;
  /** Default: the marketplace's own; another one makes a forged token. */
  secret?: string;
  /** Default HS256. `none` makes an unsigned token. */
  algorithm?: 'HS256' | 'HS384' | 'HS512' | 'none';
}

/** Signs a token as the marketplace would, or as somebody who is not the marketplace. */
export function signTestToken(options: TestTokenOptions & { secret: string }): string {
  const { userId = 123, expiresInSeconds = 900, algorithm = 'HS256' } = options;
  const now = Math.floor(Date.now() / 1000);
  const claims: Record<string, unknown> = {
    sub: String(userId),
    iat: now,
    jti: randomUUID(),
    ...(expiresInSeconds === null ? {} : { exp: now + expiresInSeconds }),
    ...options.claims,
  };
  // Through JSON, which drops what is undefined: jsonwebtoken refuses a claim that is present but undefined.
  const payload: Record<string, unknown> = JSON.parse(JSON.stringify(claims));
  return jwt.sign(payload, algorithm === 'none' ? '' : options.secret, { algorithm });
}
