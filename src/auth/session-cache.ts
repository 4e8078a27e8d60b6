import type { Session } from './session.js';

/** A user's sessions ended at a position: what the marketplace said of him before it counts no more. */
export interface Cut {
  userId: string;
  at: number;
}

/** What a reading of the cuts found. */
export interface CutsRead {
  /** In any order; of each user the latest. */
  cuts: Cut[];
  /**
   * The position of the reading: what comes later may be placed anywhere beyond. Some of the cuts may be beyond it already,
   * dated ahead by another service; nothing follows from them about the cuts of others.
   */
  asOf: number;
}

/** What a cache knows of a token. */
export interface Recollection {
  /** `null` when the marketplace has to be asked. */
  session: Session | null;
  /** The position of a check that begins now. */
  asOf: number;
}

/**
 * Remembers which sessions good tokens stand for, by the token's hash, and which users were cut off.
 *
 * A cut is a position and not a deletion: positions only grow, every session carries the one at which its check began, and
 * a session from before its user's cut is as good as none. So an answer that was under way during the cut may be stored
 * late, and is still not believed.
 */
export abstract class SessionCache {
  abstract get(tokenHash: string): Promise<Recollection>;
  /** @param ttlMs how long to remember; not at all when it is not positive */
  abstract set(tokenHash: string, session: Session, ttlMs: number): Promise<void>;
  /** Ends all sessions of a user so far. Atomic: from its return on no older session is given. @returns the position */
  abstract cut(userId: string): Promise<number>;
  /**
   * The cuts beyond a position; some from before it may be among them. They are kept for longer than any session is cached.
   */
  abstract cutsAfter(position: number): Promise<CutsRead>;
}
