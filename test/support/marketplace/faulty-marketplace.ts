import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { close, listen } from '../../../demo/http-listener.js';
import { type AccessTokens, accessTokens } from '../../../demo/marketplace/access-tokens.js';
import { type CatalogueUser, catalogueUsers, type MarketplaceUser } from '../../../demo/marketplace/catalogue.js';
import { createMarketplaceHandler, type HttpHandler } from '../../../demo/marketplace/marketplace-handler.js';
import { signTestToken, type TestTokenOptions } from './test-token.js';

/**
 * How `GET /auth/me` answers:
 * - `user`: as the stub does, 200 or 401;
 * - a number: that status, with a JSON error;
 * - `malformed-json`: 200, declared as JSON, cut off in the middle;
 * - `nobody`: 200 with JSON that names no user;
 * - `reset`: the connection is cut without an answer;
 * - `hang`: no answer until `release()`, which lets the stub answer what is waiting.
 */
export type AuthMeBehaviour = 'user' | 'malformed-json' | 'nobody' | 'reset' | 'hang' | number;

/** The body of a good answer; real marketplaces differ. */
export const userShapes = {
  id: (user) => user,
  userId: ({ id, ...profile }) => ({ userId: id, ...profile }),
  sub: ({ id, ...profile }) => ({ sub: String(id), ...profile }),
  'data.id': (user) => ({ data: user }),
  'user.id': (user) => ({ user }),
  'data.userId': ({ id, ...profile }) => ({ data: { userId: id, ...profile } }),
  'user.sub': ({ id, ...profile }) => ({ user: { sub: String(id), ...profile } }),
} as const satisfies Record<string, (user: MarketplaceUser) => unknown>;

export type UserShape = keyof typeof userShapes;

/**
 * The stub marketplace with switches, for tests. It knows the catalogue's users, and invents a profile for every
 * other id, so that a test may make up as many users as it likes.
 *
 * @example
 * const marketplace = await FaultyMarketplace.start();
 * marketplace.authMe = 503;
 * const token = marketplace.token({ userId: 123 });
 * ...
 * await marketplace.stop();
 */
export class FaultyMarketplace {
  /** How the next `GET /auth/me` answers. */
  authMe: AuthMeBehaviour = 'user';
  userShape: UserShape = 'id';
  /** What has changed about users since they were made up, by id. */
  readonly changes = new Map<string, Partial<Omit<CatalogueUser, 'id'>>>();

  readonly #tokens: AccessTokens;
  readonly #handle: HttpHandler;
  readonly #callsByToken = new Map<string, number>();
  #waiting: (() => void)[] = [];
  #server: Server;
  #port = 0;

  private constructor(readonly secret: string) {
    this.#tokens = accessTokens(secret, 900);
    this.#handle = createMarketplaceHandler({
      tokens: this.#tokens,
      findUser: (id) => ({
        ...(catalogueUsers.find((user) => String(user.id) === id) ?? inventUser(id)),
        ...this.changes.get(id),
      }),
      presentUser: (user) => userShapes[this.userShape](user),
    });
    this.#server = this.#createServer();
  }

  /** Starts on a free port of 127.0.0.1. */
  static async start({ secret = 'a secret of the tests' }: { secret?: string } = {}): Promise<FaultyMarketplace> {
    const marketplace = new FaultyMarketplace(secret);
    await marketplace.acceptConnections();
    return marketplace;
  }

  /** Base URL; it stays the same across `refuseConnections` and `acceptConnections`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  token(options: TestTokenOptions = {}): string {
    return signTestToken({ secret: this.secret, ...options });
  }

  /** How often `GET /auth/me` was asked, with this token or in all. */
  calls(token?: string): number {
    if (token !== undefined) {
      return this.#callsByToken.get(token) ?? 0;
    }
    return [...this.#callsByToken.values()].reduce((sum, calls) => sum + calls, 0);
  }

  forgetCalls(): void {
    this.#callsByToken.clear();
  }

  /** How many requests hang now. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Ends `hang`: what waits is answered by the stub, and so is what comes after. */
  release(): void {
    this.authMe = 'user';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const answer of waiting) {
      answer();
    }
  }

  /** From here on connections are refused (ECONNREFUSED), and open ones are cut. */
  async refuseConnections(): Promise<void> {
    this.#waiting = [];
    await close(this.#server);
  }

  /** Listens again, on the same port. */
  async acceptConnections(): Promise<void> {
    this.#server = this.#createServer();
    this.#port = await listen(this.#server, '127.0.0.1', this.#port);
  }

  async stop(): Promise<void> {
    await this.refuseConnections();
  }

  #createServer(): Server {
    return createServer((request, response) => {
      if (request.url?.split('?')[0] === '/auth/me' && request.method === 'GET') {
        this.#answerAuthMe(request, response);
      } else {
        void this.#handle(request, response);
      }
    });
  }

  #answerAuthMe(request: IncomingMessage, response: ServerResponse): void {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    this.#callsByToken.set(token, this.calls(token) + 1);
    const answerAsStub = () => void this.#handle(request, response);
    const { authMe } = this;
    if (authMe === 'user') {
      answerAsStub();
    } else if (authMe === 'hang') {
      this.#waiting.push(answerAsStub);
    } else if (authMe === 'reset') {
      request.socket.destroy();
    } else if (typeof authMe === 'number') {
      answerJson(response, authMe, JSON.stringify({ statusCode: authMe, message: 'told to fail' }));
    } else {
      answerJson(response, 200, authMe === 'nobody' ? '{"ok":true}' : '{"id":123,"username":"an');
    }
  }
}

function answerJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function inventUser(id: string): CatalogueUser {
  const number = Number(id);
  return {
    // As a marketplace with numeric ids would answer: a JSON number wherever the id is one.
    id: Number.isSafeInteger(number) && String(number) === id ? number : id,
    username: `user-${id}`,
    firstName: 'User',
    lastName: id,
    role: 'buyer',
    email: `user-${id}@demo.example`,
  };
}
