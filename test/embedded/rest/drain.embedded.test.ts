import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair } from '../../support/chats/participants.js';

/** A request whose headers the service has read, and whose body it waits for. */
async function openRequest(url: string, token: string, body: string): Promise<ClientRequest> {
  const call = request(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Length': Buffer.byteLength(body), Expect: '100-continue' },
  });
  call.flushHeaders();
  await once(call, 'continue');
  return call;
}

/** A connection whose request the service has begun to read, so that it is not closed as idle. */
async function beginRequest(url: string, path: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: chat\r\n`);
  return socket;
}

describe('an instance that is stopped while HTTP requests are under way', () => {
  it('finishes those, and sends later ones to another instance', async () => {
    const chat = await TestChat.start();
    const { buyerId, seller, chatId } = await joinedPair(chat);
    const token = chat.marketplace.token({ userId: buyerId });
    const body = JSON.stringify({ chatId, text: 'the last word' });
    const late = await beginRequest(chat.url(), '/api/chat/users/online');
    const early = await openRequest(`${chat.url()}/api/chat/messages`, token, body);

    const stopped = chat.instances[0]?.stop();
    await seller.event('server:draining');
    late.write(`Authorization: Bearer ${token}\r\n\r\n`);
    const refusal = await text(late);
    early.end(body);
    const [response]: IncomingMessage[] = await once(early, 'response');

    expect(refusal).toMatch(/^HTTP\/1\.1 503 /);
    expect(refusal).toMatch(/^Connection: close\r$/im);
    expect(refusal).toContain('"code":"UNAVAILABLE"');
    expect(response?.statusCode).toBe(201);
    expect(response?.headers.connection).toBe('close');
    const answer = JSON.parse(response === undefined ? '' : await text(response));
    await stopped;
    expect(seller.received('message:new')).toEqual([answer.data]);
    await chat.stop();
  });
});
