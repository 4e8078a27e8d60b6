import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';

/** No request of the marketplace is larger than a login; more is somebody else's mistake. */
const MAX_BODY_BYTES = 16_384;

/** An answer that is not a success; travels as `{ statusCode, error, message }`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';

  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body), headers);
}

export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(body);
}

export function sendProblem(response: ServerResponse, problem: HttpProblem): void {
  sendJson(
    response,
    problem.status,
    { statusCode: problem.status, error: STATUS_CODES[problem.status], message: problem.message },
    problem.headers,
  );
}

/**
 * Reads a request's body as JSON.
 *
 * @throws HttpProblem 413 when it is larger than 16 KiB, 400 when it is not JSON
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not destroy the request: the refusal still has to travel on its connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      // The rest is never read, so this connection cannot carry another request.
      throw new HttpProblem(413, `the body is larger than ${MAX_BODY_BYTES} bytes`, { connection: 'close' });
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new HttpProblem(400, 'the body is not JSON');
  }
}
