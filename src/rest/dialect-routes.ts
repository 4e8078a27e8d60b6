import { Injectable } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator.js';
import type { Session } from '../auth/session.js';
import { CommandRunner } from '../commands/command-runner.js';
import { commands, type Route, type RoutedCommand, toWireId } from '../contract/index.js';
import type { Dialect, DialectRoute } from '../dialects/dialect.js';
import { EnabledDialects } from '../translation/enabled-dialects.js';
import { Interpreter } from '../translation/interpreter.js';
import type { Endpoint, RequestParts } from './endpoint.js';

interface RouteOfDialect {
  dialect: Dialect;
  route: DialectRoute;
}

/** A dialect's part in a route of the contract: requests whose bodies have its form. */
export interface SharedRoute {
  claims(body: unknown): boolean;
  answer(session: Session, parts: RequestParts): Promise<unknown>;
}

/** The routes that enabled dialects have. */
@Injectable()
export class DialectRoutes {
  private readonly routes: readonly RouteOfDialect[];

  constructor(
    enabled: EnabledDialects,
    private readonly authenticator: Authenticator,
    private readonly runner: CommandRunner,
    private readonly interpreter: Interpreter,
  ) {
    this.routes = enabled.all.flatMap((dialect) => (dialect.routes ?? []).map((route) => ({ dialect, route })));
  }

  /** Those whose paths are theirs alone. */
  endpoints(): Endpoint[] {
    return this.routes.filter(({ route }) => route.claims === undefined).map((found) => this.endpointOf(found));
  }

  /** Who else takes requests of a route of the contract; `null` where nobody does. The answer's status is the contract's. */
  sharing({ method, path }: Route): SharedRoute | null {
    const found = this.routes.find(({ route }) => route.method === method && route.path === path);
    const claims = found?.route.claims;
    return found === undefined || claims === undefined
      ? null
      : { claims, answer: (session, parts) => this.answer(found, session, parts) };
  }

  private endpointOf(found: RouteOfDialect): Endpoint {
    const { method, path, status, command } = found.route;
    const { operation } = commands[command];
    return {
      name: `${method} ${path}`,
      method,
      path,
      pathFields: [],
      fieldsIn: method === 'GET' || method === 'DELETE' ? 'query' : 'body',
      status,
      operation,
      payload: null,
      admit: async ({ headers }) => {
        const session = await this.authenticator.authenticate(headers.authorization, operation);
        await this.runner.limit(command, session.userId, operation);
        return (_, parts) => this.answer(found, session, parts);
      },
    };
  }

  /**
   * What the answer's `data` holds. The session is authenticated, and the request's price is taken.
   *
   * @throws ChatError, or whatever a command's handler throws
   */
  private async answer(
    { dialect, route }: RouteOfDialect,
    session: Session,
    { inPath, sent }: RequestParts,
  ): Promise<unknown> {
    const isQuery = route.method === 'GET' || route.method === 'DELETE';
    const first = route.read({
      userId: toWireId(session.userId),
      fields: inPath,
      query: isQuery ? (sent as Record<string, string>) : {},
      body: isQuery ? undefined : sent,
    });
    return this.interpreter.answer(first, dialect, async (command, payload, prepare) =>
      this.runner.execute(command as RoutedCommand, { session, socket: null }, await prepare(payload)),
    );
  }
}
