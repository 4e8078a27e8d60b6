import { describe, expect, it } from 'vitest';
import { ChatError, ErrorCode, errorCodes, Failure } from '../../../src/contract/index.js';

describe('an error of the service', () => {
  it('reads "unable to <operation>; <reason>"', () => {
    expect(new ChatError('CHAT_NOT_FOUND', 'join chat', 'no chat of yours has this id').message).toBe(
      'unable to join chat; no chat of yours has this id',
    );
  });

  it('goes over the wire without its cause and its stack', () => {
    const error = new ChatError('RATE_LIMITED', 'send message', 'too many', {
      retryAfterMs: 250,
      details: { limit: 1 },
      cause: new Error('secret'),
    });
    expect(error.toFailure()).toEqual({
      code: 'RATE_LIMITED',
      message: 'unable to send message; too many',
      retryable: true,
      retryAfterMs: 250,
      details: { limit: 1 },
    });
    expect(error.cause).toEqual(new Error('secret'));
  });

  it.each(ErrorCode.options)('with the code %s has a wire form that fits the contract', (code) => {
    const failure = new ChatError(code, 'do this', 'of that').toFailure();
    expect(Failure.strict().parse(failure)).toEqual(failure);
    expect(Object.keys(failure)).toEqual(['code', 'message', 'retryable']);
  });

  it('is worth a retry exactly where the same request may succeed later', () => {
    const retryable = ErrorCode.options.filter((code) => errorCodes[code].retryable);
    expect(retryable).toEqual(['AUTH_SERVICE_ERROR', 'RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE', 'INTERNAL']);
  });
});
