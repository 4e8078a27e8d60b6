import type { RouteShape } from '../contract/index.js';

export interface FoundRoute<R> {
  route: R;
  /** The fields that the path carries, by name. */
  fields: Record<string, string>;
}

/** Routes, to be found by what a request asks for. */
export class RouteTable<R extends Pick<RouteShape, 'method' | 'path'>> {
  private readonly patterns: { route: R; path: RegExp }[] = [];

  add(routes: readonly R[]): void {
    this.patterns.push(
      ...routes.map((route) => ({
        route,
        path: new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`),
      })),
    );
  }

  /**
   * The route of a request.
   *
   * @param path what follows the API's path, without the query
   */
  find(method: string, path: string): FoundRoute<R> | null {
    for (const { route, path: pattern } of this.patterns) {
      const match = route.method === method ? pattern.exec(path) : null;
      if (match !== null) {
        const fields = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decoded(text)]);
        return { route, fields: Object.fromEntries(fields) };
      }
    }
    return null;
  }
}

/** Text that is no URL encoding is no id either; the contract's schema refuses it where it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
