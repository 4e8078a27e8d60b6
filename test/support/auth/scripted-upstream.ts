import { createServer, type RequestListener, type Server } from 'node:http';
import { onTestFinished } from 'vitest';
import { close, listen } from '../../../demo/http-listener.js';

export interface ScriptedUpstream {
  url: string;
  /** Method, path and credentials of every request that came. */
  requests: { method: string; path: string; authorization: string }[];
}

/** An HTTP server that answers as the test says; ends with the test. */
export async function startScriptedUpstream(answer: RequestListener): Promise<ScriptedUpstream> {
  const requests: ScriptedUpstream['requests'] = [];
  const server: Server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, path, authorization: headers.authorization ?? '' });
    answer(request, response);
  });
  const port = await listen(server, '127.0.0.1', 0);
  onTestFinished(() => close(server));
  return { url: `http://127.0.0.1:${port}`, requests };
}
