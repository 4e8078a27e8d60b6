import type { CommandName } from './commands.js';

/** Where the REST API lives; the paths of {@link routes} continue it. */
export const API_PATH = '/api/chat';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface RouteDefinition<C extends CommandName = CommandName> {
  command: C;
  /** The HTTP status of a success. */
  status: 200 | 201;
}

function to<C extends CommandName>(command: C, status: 200 | 201 = 200): RouteDefinition<C> {
  return Object.freeze({ command, status });
}

/**
 * The REST API. A route is another way to send a command, so a new one is one line here: the payload's schema, the
 * rate limit, the answer and the errors are the command's.
 *
 * Fields named in the path come from it. The payload's other fields come from the query of a `GET` or `DELETE`, and from
 * the JSON body of all others.
 */
export const routes = {
  'POST /chats': to('chat:create'),
  'GET /chats': to('chat:list'),
  'GET /chats/:chatId': to('chat:get'),
  'PATCH /chats/:chatId': to('group:rename'),
  'DELETE /chats/:chatId': to('chat:hide'),
  'PATCH /chats/:chatId/settings': to('chat:settings'),
  'POST /chats/:chatId/members': to('group:add'),
  'DELETE /chats/:chatId/members/:userId': to('group:remove'),
  'PUT /chats/:chatId/members/:userId/role': to('group:role'),
  'POST /chats/:chatId/leave': to('group:leave'),
  'GET /chats/:chatId/messages': to('chat:history'),
  'POST /chats/:chatId/messages': to('message:send', 201),
  'GET /chats/:chatId/messages/:messageId': to('message:get'),
  'PATCH /chats/:chatId/messages/:messageId': to('message:edit'),
  'DELETE /chats/:chatId/messages/:messageId': to('message:delete'),
  'PUT /chats/:chatId/messages/:messageId/reactions/:emoji': to('message:react'),
  'DELETE /chats/:chatId/messages/:messageId/reactions/:emoji': to('message:unreact'),
  'POST /chats/:chatId/uploads': to('upload:create', 201),
  'POST /chats/:chatId/messages/:messageId/report': to('message:report', 201),
  'PUT /chats/:chatId/read': to('message:read'),
  'PUT /chats/:chatId/delivered': to('message:delivered'),
  'POST /messages': to('message:send', 201),
  'GET /messages/search': to('message:search'),
  'POST /sync': to('chat:sync'),
  'GET /unread-count': to('chat:unread-count'),
  'GET /users/online': to('users:online'),
  'GET /users/:userId/status': to('user:status'),
  'PUT /status': to('status:update'),
  'PUT /users/:userId/block': to('user:block'),
  'DELETE /users/:userId/block': to('user:unblock'),
  'GET /users/blocked': to('users:blocked'),
} as const satisfies Record<`${Method} /${string}`, RouteDefinition>;

export type RouteName = keyof typeof routes;
/** A command that also has a route. Its handler cannot count on a socket. */
export type RoutedCommand = (typeof routes)[RouteName]['command'];

/** The other commands, each with the reason: what has neither a route nor a reason does not compile. */
export const socketOnlyCommands = {
  'auth:refresh-token': 'Every request brings its own token',
  'chat:join': 'Live events need a connection; GET /chats/:chatId answers the same state',
  'chat:leave': 'Live events need a connection',
  'typing:start': 'A sign that lives for seconds needs a connection',
  'typing:stop': 'A sign that lives for seconds needs a connection',
} as const satisfies Record<Exclude<CommandName, RoutedCommand>, string>;

/** What the name of a route says. */
export interface RouteShape {
  method: Method;
  /** Below {@link API_PATH}, with `:field` for each field that it carries. */
  path: string;
  /** The fields of the payload that the path carries. */
  pathFields: readonly string[];
  /** Where the payload's other fields come from. */
  fieldsIn: 'query' | 'body';
}

export interface Route extends RouteShape {
  name: RouteName;
  command: RoutedCommand;
  status: 200 | 201;
}

/** Takes the name of a route apart. */
export function shapeOf(name: `${Method} /${string}`): RouteShape {
  const [method, path] = name.split(' ') as [Method, string];
  return {
    method,
    path,
    pathFields: [...path.matchAll(/:(\w+)/g)].map(([, field]) => field ?? ''),
    fieldsIn: method === 'GET' || method === 'DELETE' ? 'query' : 'body',
  };
}

/** The table above, taken apart. */
export const routeList: readonly Route[] = (Object.keys(routes) as RouteName[]).map((name) => ({
  name,
  ...shapeOf(name),
  ...routes[name],
}));
