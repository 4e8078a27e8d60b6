import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { validationFailure } from '../commands/failure.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { type AdminRoute, API_KEY_HEADER, adminRouteList } from '../contract/index.js';
import type { Endpoint } from '../rest/endpoint.js';
import { RestApi } from '../rest/rest-api.js';
import { AdminHandlerTable } from './admin-handlers.js';
import { AdminKeys } from './admin-keys.js';

type AnyHandler = (payload: unknown) => Promise<unknown>;

/**
 * The API of the marketplace's servers: it passes the same steps as that of clients, but for the key in place of the token
 * and without a rate limit. Without keys in the configuration its routes do not exist.
 */
@Injectable()
export class AdminApi implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly rest: RestApi,
    private readonly table: AdminHandlerTable,
  ) {}

  onModuleInit(): void {
    const { apiKeys } = this.config.admin;
    if (apiKeys.length > 0) {
      const keys = new AdminKeys(apiKeys);
      this.rest.serve(adminRouteList.map((route) => this.endpointOf(route, keys)));
    }
  }

  private endpointOf(route: AdminRoute, keys: AdminKeys): Endpoint {
    // The payload is parsed by the route's own schema, which is what the handler's type stands for.
    const handler = this.table.handlers[route.name] as AnyHandler;
    return {
      ...route,
      admit: async ({ headers }) => {
        keys.require(headers[API_KEY_HEADER.toLowerCase()], route.operation);
        return (fields) => {
          const parsed = route.payload.safeParse(fields);
          if (!parsed.success) {
            throw validationFailure(parsed.error, route.operation);
          }
          return handler(parsed.data);
        };
      },
    };
  }
}
