import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Issues and reads the marketplace's access tokens: HS256 with the claims sub, iat, exp and jti. */
export interface AccessTokens {
  readonly ttlSeconds: number;
  /** A fresh token; two tokens of one user in one second still differ, by their jti. */
  issue(userId: string | number, ttlSeconds?: number): string;
  /** The user a token stands for, or `null` when it is forged, malformed or past its exp. */
  userOf(token: string): string | null;
  /** Like `userOf`, but a token that expired within the last `windowSeconds` still counts: its owner may renew it. */
  renewableUserOf(token: string, windowSeconds: number): string | null;
}

export function accessTokens(secret: string, ttlSeconds: number): AccessTokens {
  function subjectOf(token: string, clockTolerance: number): string | null {
    try {
      const claims = jwt.verify(token, secret, { algorithms: ['HS256'], clockTolerance });
      return typeof claims === 'object' && claims.sub !== undefined ? claims.sub : null;
    } catch {
      return null;
    }
  }

  return {
    ttlSeconds,
    issue: (userId, ttl = ttlSeconds) =>
      jwt.sign({}, secret, { algorithm: 'HS256', subject: String(userId), expiresIn: ttl, jwtid: randomUUID() }),
    userOf: (token) => subjectOf(token, 0),
    renewableUserOf: (token, windowSeconds) => subjectOf(token, windowSeconds),
  };
}
