import {
  type Ack,
  API_PATH,
  type CommandData,
  type CommandInput,
  type Failure,
  type RouteName,
  type RouteShape,
  routeList,
  type routes,
} from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';

type CommandOf<R extends RouteName> = (typeof routes)[R]['command'];

export interface RestAnswer<T = unknown> {
  status: number;
  headers: Headers;
  body: Ack<T>;
}

/** Whoever holds a token, over HTTP. */
export class RestClient {
  constructor(
    private readonly url: string,
    private readonly token: string | null,
  ) {}

  /** As a user of a running service. */
  static of(chat: TestChat, userId: number | string, instance = 0): RestClient {
    return new RestClient(chat.url(instance), chat.marketplace.token({ userId }));
  }

  /** Sends the payload of a route's command, each field where the route wants it. */
  async ask<R extends RouteName>(name: R, payload: unknown): Promise<RestAnswer<CommandData<CommandOf<R>>>> {
    const { method, path, body } = requestOf(routeNamed(name), payload);
    const answer = await this.send(method, path, body === undefined ? {} : { body: JSON.stringify(body) });
    return answer as RestAnswer<CommandData<CommandOf<R>>>;
  }

  /** @returns the data. @throws when the request fails */
  async get<R extends RouteName>(name: R, payload: CommandInput<CommandOf<R>>): Promise<CommandData<CommandOf<R>>> {
    const { body } = await this.ask(name, payload);
    if (!body.success) {
      throw new Error(`${name} failed: ${body.error.code} ${body.error.message}`);
    }
    return body.data;
  }

  /** Sends anything; the path is below the API's, with its query. */
  async send(method: string, path: string, init: RequestInit = {}): Promise<RestAnswer> {
    const response = await fetch(`${this.url}${API_PATH}${path}`, {
      method,
      ...init,
      headers: { ...(this.token === null ? {} : { Authorization: `Bearer ${this.token}` }), ...init.headers },
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Ack<unknown> };
  }
}

/** @throws when the answer is a success */
export function failureIn({ body }: RestAnswer): Failure {
  if (body.success) {
    throw new Error('the request succeeded, though it should have failed');
  }
  return body.error;
}

function routeNamed(name: RouteName): RouteShape {
  const route = routeList.find((candidate) => candidate.name === name);
  if (route === undefined) {
    throw new Error(`there is no route ${name}`);
  }
  return route;
}

/** Puts each field of a payload where a route wants it. */
export function requestOf(
  route: RouteShape,
  payload: unknown,
): { method: string; path: string; body: object | undefined } {
  const fields = Object.entries((payload ?? {}) as Record<string, unknown>).filter(([, value]) => value !== undefined);
  const others = fields.filter(([field]) => !route.pathFields.includes(field));
  const path = route.path.replaceAll(/:(\w+)/g, (_, field: string) =>
    encodeURIComponent(String(Object.fromEntries(fields)[field])),
  );
  if (route.fieldsIn === 'body') {
    return { method: route.method, path, body: Object.fromEntries(others) };
  }
  // A query has no null: what is null in a payload is left out.
  const given = others.filter(([, value]) => value !== null);
  const query = new URLSearchParams(
    given.flatMap(([field, value]) =>
      (Array.isArray(value) ? value : [value]).map((item): [string, string] => [field, String(item)]),
    ),
  );
  return { method: route.method, path: `${path}?${query}`, body: undefined };
}
