import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError, inOwnWords } from '../contract/index.js';
import { developmentSession } from './development-token.js';
import { MarketplaceClient } from './marketplace-client.js';
import type { Session } from './session.js';
import { type Recollection, SessionCache } from './session-cache.js';
import { SessionCuts } from './session-cuts.js';
import { type DecodedToken, decodeToken, stripBearer, verifySignature } from './token.js';

/**
 * Turns tokens into sessions. A token counts once its signature fits the deployment's key (where one is set) and the
 * marketplace has named its user; the answer is cached for the shorter of the cache TTL and the token's life.
 */
@Injectable()
export class Authenticator {
  private readonly logger = new Logger(Authenticator.name);
  private readonly inFlight = new Map<string, Promise<Session>>();
  private readonly vouchedListeners: ((session: Session) => void)[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly marketplace: MarketplaceClient,
    private readonly cache: SessionCache,
    private readonly cuts: SessionCuts,
  ) {
    // Who comes after a cut must not be given the answer of a check from before it.
    cuts.onCut(() => this.inFlight.clear());
  }

  /**
   * Hears of every session that the marketplace has just vouched for; cached ones are nothing new. Listeners are quick and
   * own their promises.
   */
  onVouched(listener: (session: Session) => void): void {
    this.vouchedListeners.push(listener);
  }

  /**
   * @param value the token as the client sent it, with or without `Bearer `
   * @param operation completes "unable to …" in the error
   * @throws ChatError `TOKEN_REQUIRED`, `TOKEN_INVALID`, `TOKEN_EXPIRED` or `AUTH_SERVICE_ERROR`
   */
  async authenticate(value: unknown, operation: string): Promise<Session> {
    const raw = stripBearer(value);
    if (raw === null) {
      throw new ChatError(
        'TOKEN_REQUIRED',
        operation,
        'no token came along; pass it as auth.token or in the header Authorization',
      );
    }
    const { verificationKey, developmentTokens } = this.config.auth;
    const invented = developmentTokens ? developmentSession(raw, Date.now(), this.cuts.seen) : null;
    if (invented !== null) {
      this.tell(invented);
      return invented;
    }
    const token = decodeToken(raw, operation, Date.now());
    if (verificationKey !== null) {
      verifySignature(token, verificationKey, operation);
    }
    const running = this.inFlight.get(token.hash);
    if (running !== undefined) {
      return inOwnWords(running, operation);
    }
    const lookup = this.lookUp(token, operation).finally(() => {
      if (this.inFlight.get(token.hash) === lookup) {
        this.inFlight.delete(token.hash);
      }
    });
    this.inFlight.set(token.hash, lookup);
    return lookup;
  }

  private async lookUp(token: DecodedToken, operation: string): Promise<Session> {
    const { session: cached, asOf } = await this.recall(token.hash);
    if (cached !== null) {
      return cached;
    }
    const { userId, profile } = await this.marketplace.whoIs(token.raw, operation);
    const session: Session = { userId, expiresAt: token.expiresAt, asOf, profile };
    this.tell(session);
    // Nobody needs to wait for it, least of all for a cache that hangs.
    void this.remember(token, session);
    return session;
  }

  private tell(session: Session): void {
    for (const listener of this.vouchedListeners) {
      listener(session);
    }
  }

  /** A cache that is away costs speed, not service: the marketplace is asked instead. */
  private async recall(tokenHash: string): Promise<Recollection> {
    try {
      return await this.cache.get(tokenHash);
    } catch (error) {
      this.logger.warn({ err: error }, 'session cache is away; asking the marketplace');
      return { session: null, asOf: this.cuts.seen };
    }
  }

  /** Never rejects. */
  private async remember(token: DecodedToken, session: Session): Promise<void> {
    const ttlMs = Math.min(this.config.auth.cacheTtlSeconds * 1_000, token.expiresAt - Date.now());
    try {
      await this.cache.set(token.hash, session, ttlMs);
    } catch (error) {
      this.logger.warn({ err: error }, 'session cache is away; the next check asks the marketplace again');
    }
  }
}
