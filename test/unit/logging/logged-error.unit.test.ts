import { describe, expect, it } from 'vitest';
import { toLoggedError } from '../../../src/logging/logged-error.js';

describe('what the log keeps of an error', () => {
  it('is its type, message and stack', () => {
    const error = new TypeError('x is not a function');
    expect(toLoggedError(error)).toEqual({ type: 'TypeError', message: 'x is not a function', stack: error.stack });
  });

  it('is what a database names, and nothing of the row or the statement', () => {
    const error = Object.assign(new Error('new row violates a check constraint'), {
      code: '23514',
      severity: 'ERROR',
      schema: 'chat',
      table: 'messages',
      constraint: 'no_poison',
      detail: 'Failing row contains (a secret text).',
      where: 'SQL statement "insert … a secret text"',
      query: 'select $1',
      params: ['a secret text'],
    });

    const logged = toLoggedError(error);
    expect(logged).toMatchObject({ code: '23514', table: 'messages', constraint: 'no_poison' });
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('is nothing of a Redis command or an HTTP request', () => {
    const error = Object.assign(new Error('failed'), {
      command: { name: 'set', args: ['key', 'a secret'] },
      config: { headers: { Authorization: 'Bearer a secret' } },
      request: { path: '/auth/me' },
      code: 'ECONNRESET',
    });
    expect(toLoggedError(error)).toEqual({ type: 'Error', message: 'failed', stack: error.stack, code: 'ECONNRESET' });
  });

  it('goes into causes and collections of errors, with the same care', () => {
    const inner = Object.assign(new RangeError('inner'), { detail: 'a secret' });
    const outer = new Error('outer', { cause: new AggregateError([inner, 'a secret'], 'several') });

    const logged = toLoggedError(outer);
    expect(logged).toMatchObject({
      message: 'outer',
      cause: { type: 'AggregateError', errors: [{ type: 'RangeError', message: 'inner' }, { type: 'string' }] },
    });
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('comes to an end where causes go in a circle', () => {
    const error = new Error('circular');
    error.cause = error;
    expect(JSON.stringify(toLoggedError(error))).toContain('circular');
  });

  it.each([['a secret'], [{ token: 'a secret' }], [null], [undefined], [7]])(
    'is no value for %j, which is no error',
    (value) => {
      expect(JSON.stringify(toLoggedError(value))).not.toMatch(/secret|7/);
    },
  );
});
