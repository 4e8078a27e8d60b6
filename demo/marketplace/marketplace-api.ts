import { createServer } from 'node:http';
import { close, listen, urlHost } from '../http-listener.js';
import { accessTokens } from './access-tokens.js';
import { createMarketplaceHandler } from './marketplace-handler.js';

export interface MarketplaceApiOptions {
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** 0 takes a free port. */
  port: number;
  /** Signs the tokens (HS256); the chat service may share it as JWT_SECRET. */
  secret: string;
  /** Life of a token from login or refresh. Default 900. A short one shows expiry and refresh. */
  tokenTtlSeconds?: number;
}

export interface MarketplaceApi {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** A token without a login, for example one of another life time. */
  issueToken(userId: string | number, ttlSeconds?: number): string;
  stop(): Promise<void>;
}

/**
 * Starts the stub of the marketplace API: the users, their logins and tokens, and a few products.
 *
 * @throws the listen error (code EADDRINUSE) when the port is taken
 */
export async function startMarketplaceApi(options: MarketplaceApiOptions): Promise<MarketplaceApi> {
  const host = options.host ?? '127.0.0.1';
  const tokens = accessTokens(options.secret, options.tokenTtlSeconds ?? 900);
  const handle = createMarketplaceHandler({ tokens });
  const server = createServer((request, response) => void handle(request, response));
  const port = await listen(server, host, options.port);
  return {
    url: `http://${urlHost(host)}:${port}`,
    port,
    issueToken: tokens.issue,
    stop: () => close(server),
  };
}
