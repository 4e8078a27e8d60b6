import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { AccessTokens } from './access-tokens.js';
import { avatarSvg } from './avatar.js';
import {
  type CatalogueUser,
  catalogueProducts,
  catalogueUsers,
  DEMO_PASSWORD,
  type MarketplaceUser,
} from './catalogue.js';
import { HttpProblem, readJson, send, sendJson, sendProblem } from './json-http.js';

export interface MarketplaceHandlerOptions {
  tokens: AccessTokens;
  /** Whom a token's subject names. Default: the catalogue. */
  findUser?: (id: string) => CatalogueUser | undefined;
  /** The body of `GET /auth/me`. Default: the bare user; other marketplaces wrap it or name the id differently. */
  presentUser?: (user: MarketplaceUser) => unknown;
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

type Route = (exchange: Exchange) => void | Promise<void>;

/** How long after its exp a token may still be traded for a fresh one. */
const RENEWAL_WINDOW_SECONDS = 86_400;

/** The page is served from another origin. Tokens travel in a header, never in a cookie, so any origin may ask. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-max-age': '600',
} as const;

const Login = z.object({ email: z.string().min(1), password: z.string().min(1) });

function findInCatalogue(id: string): CatalogueUser | undefined {
  return catalogueUsers.find((user) => String(user.id) === id);
}

/** The stub marketplace as a plain node:http handler. It answers every request and never rejects. */
export function createMarketplaceHandler(options: MarketplaceHandlerOptions): HttpHandler {
  const { tokens, findUser = findInCatalogue, presentUser = (user: MarketplaceUser) => user } = options;

  function present(user: CatalogueUser, url: URL): MarketplaceUser {
    return { ...user, avatarUrl: new URL(`/avatars/${encodeURIComponent(user.id)}.svg`, url).href };
  }

  function sendSession(response: ServerResponse, user: CatalogueUser, url: URL): void {
    const accessToken = tokens.issue(user.id);
    sendJson(response, 200, { accessToken, expiresIn: tokens.ttlSeconds, user: present(user, url) });
  }

  function userOfRequest(request: IncomingMessage, subjectOf: (token: string) => string | null): CatalogueUser {
    const token = bearerToken(request);
    const userId = token === null ? null : subjectOf(token);
    const user = userId === null ? undefined : findUser(userId);
    if (user === undefined) {
      throw new HttpProblem(401, 'the token is missing, expired or not one of ours', { 'www-authenticate': 'Bearer' });
    }
    return user;
  }

  const routes: Record<string, Record<string, Route>> = {
    '/health': { GET: ({ response }) => sendJson(response, 200, { status: 'ok' }) },
    '/users': {
      GET: ({ response, url }) =>
        sendJson(
          response,
          200,
          catalogueUsers.map((user) => present(user, url)),
        ),
    },
    '/products': { GET: ({ response }) => sendJson(response, 200, catalogueProducts) },
    '/auth/me': {
      GET: ({ request, response, url }) =>
        sendJson(response, 200, presentUser(present(userOfRequest(request, tokens.userOf), url))),
    },
    '/auth/login': {
      POST: async ({ request, response, url }) => {
        const login = Login.safeParse(await readJson(request));
        if (!login.success) {
          throw new HttpProblem(400, 'email and password must be strings');
        }
        const user = catalogueUsers.find(({ email }) => email === login.data.email.toLowerCase());
        if (user === undefined || login.data.password !== DEMO_PASSWORD) {
          throw new HttpProblem(401, 'email or password is wrong');
        }
        sendSession(response, user, url);
      },
    },
    '/auth/refresh': {
      POST: ({ request, response, url }) => {
        const user = userOfRequest(request, (token) => tokens.renewableUserOf(token, RENEWAL_WINDOW_SECONDS));
        sendSession(response, user, url);
      },
    },
  };

  async function answer(exchange: Exchange): Promise<void> {
    const { request, response, url } = exchange;
    const avatarOf = /^\/avatars\/([^/]+)\.svg$/.exec(url.pathname)?.[1];
    const methods = avatarOf === undefined ? routes[url.pathname] : { GET: () => sendAvatar(response, avatarOf) };
    if (methods === undefined) {
      throw new HttpProblem(404, 'there is nothing at this path');
    }
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const route = methods[request.method ?? ''];
    if (route === undefined) {
      throw new HttpProblem(405, 'this path does not take that method', { allow: Object.keys(methods).join(', ') });
    }
    await route(exchange);
  }

  return async (request, response) => {
    for (const [name, value] of Object.entries(CORS_HEADERS)) {
      response.setHeader(name, value);
    }
    try {
      await answer({ request, response, url: requestUrl(request) });
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const problem = error instanceof HttpProblem ? error : new HttpProblem(500, 'the stub failed');
      sendProblem(response, problem);
    }
  };
}

function sendAvatar(response: ServerResponse, id: string): void {
  const user = findInCatalogue(id);
  if (user === undefined) {
    throw new HttpProblem(404, 'there is no such user');
  }
  send(response, 200, 'image/svg+xml', avatarSvg(user));
}

function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** The address as the caller knows it, so that avatar links work through a port mapping too. */
function requestUrl(request: IncomingMessage): URL {
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const path = request.url ?? '/';
  if (!path.startsWith('/') || !URL.canParse(base)) {
    throw new HttpProblem(400, 'the request line or the Host header is malformed');
  }
  // Appending, not resolving: "//elsewhere/path" is a path here, not another host.
  const url = new URL(base);
  const query = path.indexOf('?');
  url.pathname = query < 0 ? path : path.slice(0, query);
  return url;
}
