import { ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import axios, { type AxiosInstance, isAxiosError } from 'axios';
import type { AuthConfig } from '../config/config.js';
import { ChatError } from '../contract/index.js';
import { type MarketplaceUser, toMarketplaceUser } from './marketplace-user.js';

/** Nothing has reached the marketplace when these happen, so asking again cannot double anything. */
const CONNECT_FAILURES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const CONNECT_RETRIES = 2;
const RETRY_DELAY_MS = 100;

interface Answer {
  status: number;
  data: unknown;
}

/** Asks the marketplace API who a token belongs to. */
export class MarketplaceClient {
  private readonly http: AxiosInstance;
  private readonly path: string;
  private readonly timeoutMs: number;

  constructor({ marketplaceApiUrl, validatePath, timeoutMs }: AuthConfig) {
    this.path = validatePath;
    this.timeoutMs = timeoutMs;
    this.http = axios.create({
      baseURL: marketplaceApiUrl,
      maxRedirects: 0,
      maxContentLength: 64 * 1024,
      proxy: false,
      validateStatus: () => true,
      httpAgent: new HttpAgent({ keepAlive: true }),
      httpsAgent: new HttpsAgent({ keepAlive: true }),
    });
  }

  /**
   * @throws ChatError `TOKEN_INVALID` when the marketplace says so (401, 403); `AUTH_SERVICE_ERROR` for every other
   * answer, a time-out, or no connection: an upstream that cannot be understood vouches for nobody
   */
  async whoIs(token: string, operation: string): Promise<MarketplaceUser> {
    const { status, data } = await this.get(token, operation);
    if (status === 401 || status === 403) {
      throw new ChatError('TOKEN_INVALID', operation, 'the marketplace refused the token; log in there again');
    }
    if (status !== 200) {
      throw new ChatError('AUTH_SERVICE_ERROR', operation, `the marketplace answered ${status}; try again soon`);
    }
    const user = toMarketplaceUser(data);
    if (user === null) {
      throw new ChatError('AUTH_SERVICE_ERROR', operation, 'the marketplace named no user; try again soon');
    }
    return user;
  }

  private async get(token: string, operation: string): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      // Bounds the whole exchange. The client's own time-out starts anew with every byte that trickles in.
      const signal = AbortSignal.timeout(this.timeoutMs);
      try {
        return await this.askOnce(token, signal);
      } catch (error) {
        const code = signal.aborted ? 'time-out' : isAxiosError(error) ? (error.code ?? '') : '';
        if (!CONNECT_FAILURES.has(code) || attempt >= CONNECT_RETRIES) {
          // The axios error carries the request with its token: only its code goes on.
          const cause = new Error(`request to the marketplace API failed: ${code || 'unknown'}`);
          throw new ChatError('AUTH_SERVICE_ERROR', operation, 'the marketplace cannot be reached; try again soon', {
            cause,
          });
        }
        await delay(RETRY_DELAY_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  /**
   * A server closes a connection that was idle for too long; a request that crosses the close fails though nobody is at fault.
   * Asking is idempotent, so it is repeated, once, on a connection of its own.
   */
  private async askOnce(token: string, signal: AbortSignal): Promise<Answer> {
    const request = { headers: { Authorization: `Bearer ${token}` }, signal };
    try {
      return await this.http.get<unknown>(this.path, request);
    } catch (error) {
      if (!isAxiosError(error) || error.code !== 'ECONNRESET' || !wasReused(error.request)) {
        throw error;
      }
      return this.http.get<unknown>(this.path, {
        ...request,
        httpAgent: new HttpAgent(),
        httpsAgent: new HttpsAgent(),
      });
    }
  }
}

/** Whether a request went out on a connection that had carried another one. */
function wasReused(request: unknown): boolean {
  return request instanceof ClientRequest && request.reusedSocket;
}
