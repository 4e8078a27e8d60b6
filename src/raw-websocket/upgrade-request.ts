import type { IncomingHttpHeaders } from 'node:http';

const PREFIX = '/ws/chat/';
/** A chat's integer, or its UUID: what the clients of the other wire formats know it by. */
const CHAT = /^(?:\d{1,16}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;
/** Offered with the token behind it, by browsers: they can set no header. */
const BEARER = 'bearer';

interface UpgradeRequest {
  url?: string | undefined;
  headers: IncomingHttpHeaders;
}

/** Whether an upgrade is for the endpoint of plain WebSockets, whatever follows. */
export function isForChat({ url = '' }: UpgradeRequest): boolean {
  return url.startsWith(PREFIX);
}

/** The chat that a request is for; `null` where its path names none. */
export function chatIn({ url = '' }: UpgradeRequest): string | null {
  const [path = ''] = url.split('?', 1);
  const chat = path.slice(PREFIX.length).replace(/\/$/, '');
  return CHAT.test(chat) ? chat : null;
}

/**
 * The token: as the subprotocol behind `bearer`, as `?token=`, or in the `Authorization` header, in this order. The header is last
 * because a proxy may have put it there; what is empty is none.
 */
export function tokenIn({ url = '', headers }: UpgradeRequest): string | undefined {
  return offeredToken(headers['sec-websocket-protocol']) || queriedToken(url) || authorizedToken(headers.authorization);
}

/**
 * The subprotocol to answer with, of those offered: a browser gives up a connection whose server chose none. It is never the
 * token, which would then stand in the answer too.
 */
export function subprotocolAmong(offered: Iterable<string>): string | false {
  return [...offered].find(isBearer) ?? false;
}

function offeredToken(header: string | undefined): string | undefined {
  const offered = (header ?? '').split(',').map((name) => name.trim());
  const bearer = offered.findIndex(isBearer);
  return bearer === -1 ? undefined : offered[bearer + 1];
}

function queriedToken(url: string): string | undefined {
  const query = url.indexOf('?');
  return query === -1 ? undefined : (new URLSearchParams(url.slice(query)).get('token') ?? undefined);
}

/** With `Bearer` or bare. What another scheme brings, such as `Basic`, is meant for somebody before this service. */
function authorizedToken(header: string | undefined): string | undefined {
  const [scheme = '', ...rest] = (header ?? '').trim().split(/\s+/);
  return scheme !== '' && (rest.length === 0 || isBearer(scheme)) ? header : undefined;
}

function isBearer(name: string): boolean {
  return name.toLowerCase() === BEARER;
}
