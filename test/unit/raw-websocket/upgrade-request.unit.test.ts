import { describe, expect, it } from 'vitest';
import { chatIn, isForChat, subprotocolAmong, tokenIn } from '../../../src/raw-websocket/upgrade-request.js';

const UUID = '0198c0de-0000-7000-8000-00000000000a';

describe('the address of a plain WebSocket', () => {
  it.each([
    ['/ws/chat/1/', '1'],
    ['/ws/chat/1', '1'],
    ['/ws/chat/42/?token=x/y', '42'],
    [`/ws/chat/${UUID}/`, UUID],
    ['/ws/chat/9007199254740991/', '9007199254740991'],
  ])('%s is a chat', (url, chat) => {
    expect(isForChat({ url, headers: {} })).toBe(true);
    expect(chatIn({ url, headers: {} })).toBe(chat);
  });

  it.each([
    '',
    '/',
    '//',
    '/abc/',
    '/-1/',
    '/1/2/',
    '/1//',
    '/1e3/',
    '/٣/',
    '/%31/',
    '/99999999999999999/',
    '/1#/',
    '/?1',
  ])('below /ws/chat, %s is no chat', (rest) => {
    expect(chatIn({ url: `/ws/chat/${rest.slice(1)}`, headers: {} })).toBeNull();
  });

  it.each(['/socket.io/?EIO=4', '/ws/chat', '/ws/chats/1/', '/', 'http://host/ws/chat/1/', undefined])(
    '%s is somebody else’s business',
    (url) => {
      expect(isForChat({ url, headers: {} })).toBe(false);
    },
  );
});

describe('the token of a plain WebSocket', () => {
  const token = (url: string, headers: Record<string, string> = {}) => tokenIn({ url, headers });

  it('is in the header, as the subprotocol behind bearer, or in the address', () => {
    expect(token('/ws/chat/1/', { authorization: 'Bearer a.b.c' })).toBe('Bearer a.b.c');
    expect(token('/ws/chat/1/', { 'sec-websocket-protocol': 'bearer, a.b.c' })).toBe('a.b.c');
    expect(token('/ws/chat/1/', { 'sec-websocket-protocol': 'chat,Bearer,a.b.c' })).toBe('a.b.c');
    expect(token('/ws/chat/1/?x=1&token=a.b.c')).toBe('a.b.c');
  });

  it('counts as the subprotocol first and in the header last, where a proxy may have put it', () => {
    const everywhere = { authorization: 'Bearer three', 'sec-websocket-protocol': 'bearer, one' };
    expect(token('/ws/chat/1/?token=two', everywhere)).toBe('one');
    expect(token('/ws/chat/1/?token=two', { authorization: 'Bearer three' })).toBe('two');
    expect(token('/ws/chat/1/?token=', { authorization: 'Bearer three' })).toBe('Bearer three');
    expect(token('/ws/chat/1/', { authorization: 'a.b.c' })).toBe('a.b.c');
  });

  it.each(['Basic dXNlcjpwdw==', 'Digest username="x", realm="y"', 'Token a.b.c', ''])(
    'is not what the scheme of %j brings',
    (authorization) => {
      expect(token('/ws/chat/1/', { authorization })).toBeUndefined();
      expect(token('/ws/chat/1/?token=a.b.c', { authorization })).toBe('a.b.c');
    },
  );

  it.each([
    ['/ws/chat/1/', {}],
    ['/ws/chat/1/?tokens=x', {}],
    ['/ws/chat/token=x/', {}],
    ['/ws/chat/1/', { 'sec-websocket-protocol': 'a.b.c' }],
    ['/ws/chat/1/', { 'sec-websocket-protocol': 'bearer' }],
    ['/ws/chat/1/', { 'sec-websocket-protocol': '' }],
  ])('is missing in %s with %o', (url, headers) => {
    expect(token(url, headers)).toBeUndefined();
  });

  it('is not what the server answers an offer with', () => {
    expect(subprotocolAmong(new Set(['bearer', 'a.b.c']))).toBe('bearer');
    expect(subprotocolAmong(new Set(['chat', 'Bearer', 'a.b.c']))).toBe('Bearer');
    expect(subprotocolAmong(new Set(['a.b.c']))).toBe(false);
  });
});
