import { describe, expect, it } from 'vitest';
import { isTransientDatabaseFailure } from '../../../src/database/transient-failure.js';

const withCode = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('a database failure that may pass', () => {
  it.each([
    ['the connection failed', '08006'],
    ['an administrator ended the session', '57P01'],
    ['the server crashed', '57P02'],
    ['the server is starting', '57P03'],
    ['there are too many connections', '53300'],
    ['a transaction could not be serialised', '40001'],
    ['a deadlock was resolved', '40P01'],
    ['a lock was not to be had', '55P03'],
    ['the statement was cancelled', '57014'],
    ['the server has become a read-only standby', '25006'],
    ['nobody listens', 'ECONNREFUSED'],
    ['the connection was reset', 'ECONNRESET'],
    ['the name did not resolve', 'EAI_AGAIN'],
  ])('is one where %s (%s)', (_, code) => {
    expect(isTransientDatabaseFailure(withCode(code))).toBe(true);
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('is one that node-postgres words as "%s"', (message) => {
    expect(isTransientDatabaseFailure(new Error(message))).toBe(true);
  });

  it('is one of several addresses that all refused', () => {
    expect(isTransientDatabaseFailure(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]))).toBe(
      true,
    );
  });
});

describe('a database failure that stays', () => {
  it.each([
    ['a character the database cannot store', '22P05'],
    ['a broken constraint', '23505'],
    ['a missing table', '42P01'],
    ['a wrong password', '28P01'],
    ['a full integer', '22003'],
  ])('is %s (%s)', (_, code) => {
    expect(isTransientDatabaseFailure(withCode(code))).toBe(false);
  });

  it.each([undefined, null, 'a string', { code: '57P01' }, new Error('a bug')])('is %s', (error) => {
    expect(isTransientDatabaseFailure(error)).toBe(false);
  });
});
