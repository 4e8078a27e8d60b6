import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { RestRequest } from './rest-arbitraries.js';

const ANSWER_TIMEOUT_MS = 10_000;

/** What came back: a status, or that the connection was closed without one. Hanging is what must not happen. */
export type Outcome = number | 'closed';

/** Sends HTTP and bytes that no client library would. */
export class HttpFuzzer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private readonly target: URL;

  constructor(url: string) {
    this.target = new URL(url);
  }

  stop(): void {
    this.agent.destroy();
  }

  get(query: string): Promise<Outcome> {
    return this.send('GET', `/socket.io/?${query}`).then(({ outcome }) => outcome);
  }

  /** A session over polling. @returns its id */
  async openSession(): Promise<string> {
    const { text } = await this.send('GET', '/socket.io/?EIO=4&transport=polling');
    const session: { sid?: unknown } = JSON.parse(text.slice(1));
    return String(session.sid);
  }

  post(sid: string, body: Buffer): Promise<Outcome> {
    const headers = { 'content-type': 'text/plain;charset=UTF-8' };
    return this.send('POST', `/socket.io/?EIO=4&transport=polling&sid=${sid}`, body, headers).then(
      ({ outcome }) => outcome,
    );
  }

  /** A request to the REST API. */
  request({ method, path, body }: RestRequest, token: string): Promise<{ outcome: Outcome; text: string }> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return this.send(method, path, body, headers);
  }

  /** Upgrades to a WebSocket, writes bytes, and hangs up. Resolves when the service has hung up too. */
  async upgradeAndWrite(bytes: Buffer, path = '/socket.io/?EIO=4&transport=websocket'): Promise<'closed'> {
    const socket = connect(Number(this.target.port), this.target.hostname);
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('the service keeps a connection that ended')));
    let timedOut = false;
    socket.once('timeout', () => {
      timedOut = true;
    });
    await once(socket, 'connect');
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${this.target.host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        '\r\n',
      ].join('\r\n'),
    );
    await once(socket, 'data');
    socket.resume();
    socket.end(bytes);
    await closed;
    if (timedOut) {
      throw new Error('the service keeps a connection whose client has hung up');
    }
    return 'closed';
  }

  private send(
    method: string,
    path: string,
    body?: Buffer,
    headers: Record<string, string> = {},
  ): Promise<{ outcome: Outcome; text: string }> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          hostname: this.target.hostname,
          port: this.target.port,
          path,
          method,
          agent: this.agent,
          timeout: ANSWER_TIMEOUT_MS,
          headers: body === undefined ? headers : { ...headers, 'content-length': body.length },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('close', () =>
            resolve({ outcome: response.statusCode ?? 'closed', text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      call.on('timeout', () => {
        reject(new Error(`no answer to ${method} ${path}`));
        call.destroy();
      });
      call.on('error', () => resolve({ outcome: 'closed', text: '' }));
      call.end(body);
    });
  }
}
