import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ErrorCode, httpStatus } from '../../../src/contract/index.js';
import { MessagesService } from '../../../src/messages/messages.service.js';
import { LogCapture } from '../../support/auth/log-capture.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, newUserId, type Pair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { failureIn, type RestAnswer, RestClient } from '../../support/rest/rest-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';

const ORIGIN = 'https://shop.example';
const MAX_BODY_BYTES = 4_096;

describe('requests that nobody expects', () => {
  const log = new LogCapture();
  let chat: TestChat;
  let pair: Pair;
  let rest: RestClient;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({
      env: { ...UNLIMITED, FRONTEND_URL: ORIGIN, MAX_FRAME_BYTES: String(MAX_BODY_BYTES), LOG_LEVEL: 'info' },
      logDestination: log,
    });
    pair = await connectPair(chat);
    rest = RestClient.of(chat, pair.buyerId);
  });
  afterAll(() => chat.stop());

  function expectFailure(answer: RestAnswer, code: ErrorCode): void {
    expect(answer.status).toBe(httpStatus[code]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expectRefusal(failureIn(answer), code);
  }

  it.each([
    ['GET', ''],
    ['GET', '/'],
    ['GET', '/nonsense'],
    ['DELETE', '/sync'],
    ['POST', '/chats/x/messages/y'],
    ['GET', '/chats//messages'],
    ['GET', '/constructor'],
  ])('%s %j is answered as no route of the API, also to who has no token', async (method, path) => {
    const answer = await rest.send(method, path);
    expectFailure(answer, 'UNKNOWN_ROUTE');
    expect((await new RestClient(chat.url(), null).send(method, path)).body).toEqual(answer.body);
  });

  it.each([
    ['JSON that is cut off', '{"chatId":'],
    ['text', 'hello'],
    ['a form', 'text=hello'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ['a compressed body', new Uint8Array([0x1f, 0x8b, 0x08, 0x00])],
    ['a number', '5'],
    ['null', 'null'],
    ['a list', '[{"text":"hello"}]'],
    ['nothing', ''],
  ])('%s in place of a body does not fit', async (_, body) => {
    expectFailure(await rest.send('POST', `/chats/${pair.chatId}/messages`, { body }), 'VALIDATION_FAILED');
    expectFailure(await rest.send('POST', '/chats', { body }), 'VALIDATION_FAILED');
  });

  it('needs no body where every field is in the path', async () => {
    expect(await rest.send('PUT', `/chats/${pair.chatId}/read`)).toMatchObject({
      status: 200,
      body: { success: true },
    });
  });

  it('refuses a body above the limit, declared or not, and goes on with the connection', async () => {
    const path = `/chats/${pair.chatId}/messages`;
    const body = JSON.stringify({ text: 'x'.repeat(200 * MAX_BODY_BYTES) });
    const streamed = new Blob([body]).stream();

    expectFailure(await rest.send('POST', path, { body }), 'PAYLOAD_TOO_LARGE');
    expectFailure(
      await rest.send('POST', path, { body: streamed, duplex: 'half' } as RequestInit),
      'PAYLOAD_TOO_LARGE',
    );
    const text = 'x'.repeat(MAX_BODY_BYTES - 11);
    expect((await rest.send('POST', path, { body: JSON.stringify({ text }) })).status).toBe(
      httpStatus.MESSAGE_TOO_LONG,
    );
  });

  it('believes the path, not the body', async () => {
    const other = await connectPair(chat);
    const body = JSON.stringify({ chatId: other.chatId, text: 'here', ['__proto__']: { polluted: true } });

    const { body: answer } = await rest.send('POST', `/chats/${pair.chatId}/messages`, { body });

    expect(answer).toMatchObject({ success: true, data: { chatId: pair.chatId, text: 'here' } });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('takes a value that is given twice for a mistake, and what is no number for text', async () => {
    const page = `/chats/${pair.chatId}/messages`;
    for (const query of [
      'limit=1&limit=2',
      'limit=',
      'limit=1e1',
      'limit=0x10',
      'afterSeq=1.5',
      'afterSeq=99999999999999999',
    ]) {
      expectFailure(await rest.send('GET', `${page}?${query}`), 'VALIDATION_FAILED');
    }
  });

  it.each(['%zz', '%00', '%F0%28', '..%2F..', 'x'.repeat(5_000)])('takes %s for an id that no chat has', async (id) => {
    expectFailure(await rest.send('GET', `/chats/${id}`), 'CHAT_NOT_FOUND');
  });

  it('answers its own fault in the same shape, and logs it without the token', async () => {
    const token = chat.marketplace.token({ userId: pair.buyerId });
    const fault = vi.spyOn(MessagesService.prototype, 'history').mockRejectedValueOnce(new Error('a bug of ours'));

    const answer = await new RestClient(chat.url(), token).ask('GET /chats/:chatId/messages', { chatId: pair.chatId });
    fault.mockRestore();

    expectFailure(answer, 'INTERNAL');
    expect(JSON.stringify(answer.body)).not.toContain('a bug of ours');
    await expect.poll(() => log.messages).toContain('command failed');
    expect(log.lines).toContainEqual(
      expect.objectContaining({ msg: 'command failed', event: 'GET /chats/:chatId/messages' }),
    );
    expect(log.leaked([token])).toEqual([]);
  });

  it('says that the marketplace is away, as to sockets', async () => {
    chat.marketplace.authMe = 503;
    const answer = await RestClient.of(chat, newUserId()).ask('GET /users/online', {});
    chat.marketplace.authMe = 'user';

    expectFailure(answer, 'AUTH_SERVICE_ERROR');
  });

  it('asks the marketplace once for a token, however many requests bring it', async () => {
    const token = chat.marketplace.token({ userId: newUserId() });
    const client = new RestClient(chat.url(), token);
    await Promise.all([client.get('GET /users/online', {}), client.get('GET /users/online', {})]);
    await client.get('GET /users/online', {});

    expect(chat.marketplace.calls(token)).toBe(1);
  });

  it("lets a frontend's page ask and read, and no other's", async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${chat.url()}/api/chat/chats/${pair.chatId}`, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'PATCH',
          'Access-Control-Request-Headers': 'authorization,content-type',
        },
      });

    const { headers } = await preflight(ORIGIN);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await rest.send('GET', '/users/online', { headers: { Origin: ORIGIN } });
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });
});
