import { describe, expect, it } from 'vitest';
import { CommandFailed, isFault, NotAnswered, nextStep } from '../../../demo/client/outcome.js';
import { ChatError, type ErrorCode } from '../../../src/contract/index.js';

const failed = (code: ErrorCode, retryAfterMs?: number): CommandFailed =>
  new CommandFailed(
    new ChatError(code, 'send message', 'of a test', retryAfterMs === undefined ? {} : { retryAfterMs }).toFailure(),
  );

describe('the step after a command that did not succeed', () => {
  it.each<ErrorCode>(['RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE', 'INTERNAL'])('repeats after %s', (code) => {
    expect(nextStep(failed(code), 1).kind).toBe('repeat');
  });

  it.each<ErrorCode>(['CHAT_NOT_FOUND', 'MESSAGE_TOO_LONG', 'DUPLICATE_CLIENT_ID', 'VALIDATION_FAILED'])(
    'gives up after %s',
    (code) => {
      expect(nextStep(failed(code), 1).kind).toBe('give-up');
    },
  );

  it('waits as long as the service asks for', () => {
    expect(nextStep(failed('RATE_LIMITED', 700), 1)).toEqual({ kind: 'repeat', afterMs: 700 });
  });

  it('renews the token where it expired', () => {
    expect(nextStep(failed('TOKEN_EXPIRED'), 1)).toEqual({ kind: 'renew-token' });
  });

  it('repeats what was not answered', () => {
    expect(nextStep(new NotAnswered('cut'), 100).kind).toBe('repeat');
  });

  it('takes a fault of the service that stays for the own doing of the command', () => {
    expect(nextStep(failed('INTERNAL'), 4).kind).toBe('repeat');
    expect(nextStep(failed('INTERNAL'), 5).kind).toBe('give-up');
  });

  it('counts as faults of the service what was answered INTERNAL, and nothing else', () => {
    const errors = [failed('INTERNAL'), failed('UNAVAILABLE'), new NotAnswered('cut'), new Error('INTERNAL')];
    expect(errors.map(isFault)).toEqual([true, false, false, false]);
  });
});
