import fc from 'fast-check';
import { API_PATH, type Route, routeList } from '../../../src/contract/index.js';
import { hostileValue, payloads } from './payload-arbitraries.js';

export interface RestRequest {
  method: string;
  /** With its query, as it stands on the wire. */
  path: string;
  body: Buffer;
}

/** Parts of a path that are no encoding, or encode what nobody expects. */
const oddParts = fc.constantFrom('%zz', '%', '%00', '%2F', '..%2f..', '%F0%28', '%ud800', '*', ';a=b', '', ':chatId');

/** Requests of broken and hostile clients: mostly to routes of the contract, mostly with bad fields. */
export function restRequests(ids: {
  chats: readonly string[];
  messages: readonly string[];
  users: readonly number[];
  tokens: readonly string[];
}): fc.Arbitrary<RestRequest> {
  const toRoutes = routeList.map((route) =>
    fc
      .tuple(payloads(route.command, ids), fc.oneof(oddParts, fc.constantFrom(...ids.chats)), fc.boolean())
      .map(([payload, part, odd]) => requestOf(route, payload, odd ? part : null)),
  );
  const raw = fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      fc.constantFrom(...routeList.map(({ path }) => path), '', '/', '/a//b'),
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        hostileValue.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
        fc.constant(Buffer.alloc(100_000, 0x20)),
      ),
    )
    .map(([method, path, body]): RestRequest => ({ method, path: API_PATH + path, body }));
  return fc.oneof({ weight: 6, arbitrary: fc.oneof(...toRoutes) }, { weight: 1, arbitrary: raw });
}

function requestOf(route: Route, payload: unknown, oddPart: string | null): RestRequest {
  const fields = typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
  const path = route.path.replaceAll(/:(\w+)/g, (_, field: string) => oddPart ?? encoded(fields[field]));
  const query = Object.entries(fields).map(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) => `${encoded(name)}=${encoded(item)}`).join('&'),
  );
  return route.fieldsIn === 'query'
    ? { method: route.method, path: `${API_PATH}${path}?${query.join('&')}`.slice(0, 8_000), body: Buffer.alloc(0) }
    : { method: route.method, path: API_PATH + path, body: Buffer.from(JSON.stringify(payload) ?? '') };
}

/** Anything as URL text; what has no encoding goes as a question mark. */
function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return encodeURIComponent(text.slice(0, 200).toWellFormed());
}
