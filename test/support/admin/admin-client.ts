import {
  type Ack,
  type AdminData,
  type AdminInput,
  type AdminRouteName,
  API_KEY_HEADER,
  API_PATH,
  adminRouteList,
} from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { type RestAnswer, requestOf } from '../rest/rest-client.js';

export const ADMIN_KEY = 'key-of-the-marketplace-0123456789';

/** Environment of a service that has an admin API. */
export const WITH_ADMIN = { ADMIN_API_KEYS: ADMIN_KEY };

/** A server of the marketplace. */
export class AdminClient {
  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string> = { [API_KEY_HEADER]: ADMIN_KEY },
  ) {}

  static of(chat: TestChat, instance = 0): AdminClient {
    return new AdminClient(chat.url(instance));
  }

  /** Sends a payload, each field where the route wants it; one that the path needs may not fit. */
  async ask<R extends AdminRouteName>(name: R, payload: object): Promise<RestAnswer<AdminData<R>>> {
    const route = adminRouteList.find((candidate) => candidate.name === name);
    if (route === undefined) {
      throw new Error(`there is no route ${name}`);
    }
    const { method, path, body } = requestOf(route, payload);
    const response = await fetch(`${this.url}${API_PATH}${path}`, {
      method,
      headers: this.headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Ack<AdminData<R>> };
  }

  /** @returns the data. @throws when the request fails */
  async get<R extends AdminRouteName>(name: R, payload: AdminInput<R>): Promise<AdminData<R>> {
    const { body } = await this.ask(name, payload);
    if (!body.success) {
      throw new Error(`${name} failed: ${body.error.code} ${body.error.message}`);
    }
    return body.data;
  }
}
