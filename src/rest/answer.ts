import type { ServerResponse } from 'node:http';
import { type Ack, type ChatError, httpStatus } from '../contract/index.js';

/** An answer on its way out: the same body that an ack callback would get, with what HTTP says beside it. */
export interface Answer {
  status: number;
  body: Ack<unknown>;
  headers: Record<string, string>;
}

export function success(status: number, data: unknown): Answer {
  return { status, body: { success: true, data }, headers: {} };
}

export function failure(error: ChatError): Answer {
  const status = httpStatus[error.code];
  const headers: Record<string, string> = {};
  if (status === 401) {
    headers['WWW-Authenticate'] = error.code === 'API_KEY_INVALID' ? 'ApiKey' : 'Bearer';
  }
  if (error.retryAfterMs !== undefined) {
    // Whole seconds, rounded up: a client that comes earlier would be refused again.
    headers['Retry-After'] = String(Math.ceil(error.retryAfterMs / 1_000));
  }
  return { status, body: { success: false, error: error.toFailure() }, headers };
}

/** @param lastOnConnection closes the connection behind the answer */
export function send(response: ServerResponse, { status, body, headers }: Answer, lastOnConnection: boolean): void {
  const content = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': content.length,
      // Messages belong in no shared cache, and the client's own would show old ones.
      'Cache-Control': 'no-store',
      ...(lastOnConnection ? { Connection: 'close' } : {}),
      ...headers,
    })
    .end(content);
}
