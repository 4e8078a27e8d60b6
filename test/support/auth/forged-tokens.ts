import { randomUUID } from 'node:crypto';

function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A token of any header, payload and signature, for what no honest library would sign. A string stands for itself. */
export function rawToken(header: unknown, payload: unknown, signature = 'c2lnbmF0dXJl'): string {
  return `${encode(header)}.${encode(payload)}.${signature}`;
}

/** Claims of a user who is logged in for another quarter of an hour. */
export function goodClaims(userId: number | string = 123): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000);
  return { sub: String(userId), iat: now, exp: now + 900, jti: randomUUID() };
}

const hs256 = { alg: 'HS256', typ: 'JWT' };
const plain = { alg: 'HS256' };

/** What clients send in place of a token, by the way it is wrong; each of these is refused as `TOKEN_INVALID`. */
export const unusableTokens: Record<string, string> = {
  'a word': 'garbage',
  'two parts': 'eyJhbGciOiJIUzI1NiJ9.e30',
  'four parts': `${rawToken(hs256, goodClaims())}.extra`,
  'empty parts': '..',
  'characters outside base64url': 'a+b/c=.d+e/f=.g+h/i=',
  'a NUL character': `${rawToken(hs256, goodClaims())}\u0000`,
  'a lone surrogate': `${rawToken(hs256, goodClaims())}\ud800`,
  'a line break, as for a second header': `${rawToken(hs256, goodClaims())}\r\nX-Admin: true`,
  'a header that is no JSON': rawToken('{"alg":', goodClaims()),
  'a header that is null': rawToken('null', goodClaims()),
  'a header that is a number': rawToken('5', goodClaims()),
  'a header without alg': rawToken({ typ: 'JWT' }, goodClaims()),
  'an alg of another type': rawToken({ alg: ['HS256'], typ: 'JWT' }, goodClaims()),
  'an alg named like a property of every object': rawToken({ alg: 'constructor', typ: 'JWT' }, goodClaims()),
  'a payload that is no JSON': rawToken(hs256, '{"sub":'),
  'a payload that is null': rawToken(hs256, 'null'),
  'a payload that is a number': rawToken(hs256, '5'),
  'a payload that is a string': rawToken(hs256, '"123"'),
  'a payload that is an array': rawToken(hs256, '[]'),
  'an untyped payload that is null': rawToken(plain, 'null'),
  'alg none without a signature': rawToken({ alg: 'none', typ: 'JWT' }, goodClaims(), ''),
  'alg none with a signature': rawToken({ alg: 'none', typ: 'JWT' }, goodClaims()),
  'alg nOnE': rawToken({ alg: 'nOnE', typ: 'JWT' }, goodClaims(), ''),
  'a good alg without a signature': rawToken(hs256, goodClaims(), ''),
  'no exp': rawToken(hs256, { sub: '123' }),
  'an exp that is text': rawToken(hs256, { ...goodClaims(), exp: '4102444800' }),
  'an exp that is null': rawToken(hs256, { ...goodClaims(), exp: null }),
  'an exp beyond every number': rawToken(hs256, '{"sub":"123","exp":1e999}'),
  'an exp beyond every date': rawToken(hs256, { ...goodClaims(), exp: 8_640_000_000_001 }),
  'more than 8 KB': rawToken(hs256, { ...goodClaims(), padding: 'x'.repeat(8_192) }),
};
