import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Authenticator } from '../auth/authenticator.js';
import { CommandRunner } from '../commands/command-runner.js';
import { Intake } from '../commands/intake.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { API_PATH, ChatError, commands, type Route, routeList } from '../contract/index.js';
import { type Answer, failure, send, success } from './answer.js';
import { DialectRoutes } from './dialect-routes.js';
import type { Endpoint } from './endpoint.js';
import { queryReader } from './query-fields.js';
import { readJsonBody } from './request-body.js';
import { type FoundRoute, RouteTable } from './route-table.js';

/**
 * The REST API: finds the route of a request in the contract's table and runs its command as a socket's would be run.
 * It writes every answer itself, so that also what goes wrong has the one shape.
 */
@Injectable()
export class RestApi implements OnModuleInit {
  private readonly table = new RouteTable<Endpoint>();
  private readonly queryReaders = new Map<string, (query: URLSearchParams) => Record<string, unknown>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly host: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly runner: CommandRunner,
    private readonly intake: Intake,
    private readonly dialects: DialectRoutes,
  ) {
    this.serve(routeList.map((route) => this.endpointOf(route)));
    this.serve(dialects.endpoints());
  }

  /** Not as a Nest controller: for those the framework decodes paths, and answers what it cannot decode in a shape of its own. */
  onModuleInit(): void {
    this.host.httpAdapter.use(API_PATH, (request: IncomingMessage, response: ServerResponse) =>
      this.handle(request, response),
    );
  }

  /** Answers further routes, with the same steps around them. */
  serve(endpoints: readonly Endpoint[]): void {
    this.table.add(endpoints);
    for (const { name, payload, fieldsIn } of endpoints) {
      if (fieldsIn === 'query') {
        this.queryReaders.set(name, payload === null ? Object.fromEntries : queryReader(payload, name));
      }
    }
  }

  private endpointOf(route: Route): Endpoint {
    const { operation, payload } = commands[route.command];
    const shared = this.dialects.sharing(route);
    return {
      ...route,
      operation,
      payload,
      admit: async ({ headers }) => {
        const session = await this.authenticator.authenticate(headers.authorization, operation);
        await this.runner.limit(route.command, session.userId, operation);
        return (fields, parts) =>
          shared?.claims(parts.sent)
            ? shared.answer(session, parts)
            : this.runner.execute(route.command, { session, socket: null }, fields);
      },
    };
  }

  /** Never rejects. The request's URL is what follows the API's path. */
  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request;
    const [path = ''] = url.split('?', 1);
    const found = this.table.find(request.method ?? '', path);
    const operation = found === null ? 'answer request' : found.route.operation;
    this.intake.begin();
    try {
      const answer = await this.answer(request, found, url.slice(path.length)).catch((error: unknown) =>
        failure(this.runner.fault(error, found?.route.name ?? 'no route', operation)),
      );
      send(response, answer, this.intake.isClosed);
    } finally {
      this.intake.end();
    }
  }

  private async answer(request: IncomingMessage, found: FoundRoute<Endpoint> | null, query: string): Promise<Answer> {
    if (found === null) {
      throw new ChatError('UNKNOWN_ROUTE', 'answer request', 'no route has this method and path; see /docs');
    }
    const { route, fields } = found;
    this.intake.requireOpen(route.operation);
    const run = await route.admit(request);
    const sent = await this.readFields(request, route, query);
    const data = await run(withFields(sent, fields), { inPath: fields, sent });
    return success(route.status, data);
  }

  private async readFields(request: IncomingMessage, route: Endpoint, query: string): Promise<unknown> {
    const readQuery = this.queryReaders.get(route.name);
    return readQuery === undefined
      ? readJsonBody(request, this.config.socket.maxFrameBytes, route.operation)
      : readQuery(new URLSearchParams(query));
  }
}

/** The path's fields win over the body's. A body that is no object goes on as it is, for the schema to refuse. */
function withFields(rest: unknown, fields: Record<string, string>): unknown {
  const isObject = typeof rest === 'object' && rest !== null && !Array.isArray(rest);
  return isObject || rest === undefined ? { ...(rest ?? {}), ...fields } : rest;
}
