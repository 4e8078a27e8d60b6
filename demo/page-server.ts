import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { close, listen } from './http-listener.js';
import { HttpProblem, send, sendJson, sendProblem } from './marketplace/json-http.js';

/** What the page has to know; served as `/settings.json`. */
export interface PageSettings {
  serviceUrl: string;
  marketplaceUrl: string;
  /** The password of every demo user, so that logging in is a matter of choosing one. */
  password: string;
}

export interface PageServer {
  readonly url: string;
  /** The origins under which a browser may show the page; the service has to allow them. */
  readonly origins: readonly string[];
  /** From now on the page can be used; before, it is answered 503. */
  publish(settings: PageSettings): void;
  stop(): Promise<void>;
}

const PAGE_FOLDER = fileURLToPath(new URL('./page/', import.meta.url));

/** The browser bundle that comes with the server, so that both speak the same version. */
const SOCKET_IO_BUNDLE = join(
  dirname(createRequire(import.meta.url).resolve('socket.io/package.json')),
  'client-dist/socket.io.esm.min.js',
);

/** Every file of the page, by path. A list, not a folder walk: nothing else can be asked for. */
const FILES: Readonly<Record<string, { file: string; type: string }>> = {
  '/': { file: join(PAGE_FOLDER, 'index.html'), type: 'text/html; charset=utf-8' },
  '/demo': { file: join(PAGE_FOLDER, 'dialects.html'), type: 'text/html; charset=utf-8' },
  '/style.css': { file: join(PAGE_FOLDER, 'style.css'), type: 'text/css; charset=utf-8' },
  '/socket.io.js': { file: SOCKET_IO_BUNDLE, type: 'text/javascript; charset=utf-8' },
  ...Object.fromEntries(
    [
      'chat.js',
      'conversation.js',
      'dialect-clients.js',
      'dialects.js',
      'marketplace.js',
      'outbox.js',
      'pane.js',
      'timeline.js',
      'typing-signs.js',
      'wire-log.js',
    ].map((name) => [`/${name}`, { file: join(PAGE_FOLDER, name), type: 'text/javascript; charset=utf-8' }]),
  ),
};

/**
 * Starts the server of the demo's page on 127.0.0.1.
 *
 * @param port 0 takes a free one
 */
export async function startPageServer(port: number): Promise<PageServer> {
  let settings: PageSettings | null = null;

  async function respond(path: string, response: Parameters<typeof send>[0]): Promise<void> {
    if (path === '/settings.json' && settings !== null) {
      sendJson(response, 200, settings);
      return;
    }
    const asset = FILES[path];
    if (asset === undefined) {
      throw new HttpProblem(path === '/settings.json' ? 503 : 404, `there is nothing at ${path} (yet)`);
    }
    send(response, 200, asset.type, await readFile(asset.file, 'utf8'), securityHeaders(settings));
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    respond(path, response).catch((error: unknown) => {
      sendProblem(response, error instanceof HttpProblem ? error : new HttpProblem(500, 'unable to read the page'));
    });
  });
  const taken = await listen(server, '127.0.0.1', port);
  return {
    url: `http://127.0.0.1:${taken}`,
    origins: [`http://127.0.0.1:${taken}`, `http://localhost:${taken}`],
    publish: (next) => {
      settings = next;
    },
    stop: () => close(server),
  };
}

/** The page may talk to the service and the marketplace, and run nothing but its own files. */
function securityHeaders(settings: PageSettings | null): Record<string, string> {
  const { serviceUrl = '', marketplaceUrl = '' } = settings ?? {};
  const webSocketUrl = serviceUrl.replace(/^http/, 'ws');
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: ${marketplaceUrl}`,
    `connect-src 'self' ${serviceUrl} ${webSocketUrl} ${marketplaceUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return { 'content-security-policy': policy.join('; '), 'x-content-type-options': 'nosniff' };
}
