import type { Session } from './session.js';

/** Remembers which sessions good tokens stand for, by the token's hash. */
export abstract class SessionCache {
  abstract get(tokenHash: string): Promise<Session | null>;
  /** @param ttlMs how long to remember; not at all when it is not positive */
  abstract set(tokenHash: string, session: Session, ttlMs: number): Promise<void>;
  abstract delete(tokenHash: string): Promise<void>;
}
