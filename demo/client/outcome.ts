import type { Failure } from '../../src/contract/index.js';

/** A command was answered with a failure. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** A command was not answered: the connection went away, or the answer did not come in time. What became of it is unknown. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
}

/**
 * What to do about a command that did not succeed:
 * - `repeat`: the same again after a while, at least `afterMs`;
 * - `renew-token`: the same again once the connection has a token that is good;
 * - `give-up`: it will never succeed unchanged.
 */
export type NextStep = { kind: 'repeat'; afterMs: number } | { kind: 'renew-token' } | { kind: 'give-up' };

/** A fault of the service may be the command's own doing; asking for ever would not help it. */
const FAULTS_MAX = 5;

export function isFault(error: unknown): boolean {
  return error instanceof CommandFailed && error.failure.code === 'INTERNAL';
}

/**
 * @param faults how many of the tries met a fault of the service ({@link isFault}), this one included. Tries that failed for
 * another reason, or were not answered, say nothing about the command.
 */
export function nextStep(error: unknown, faults: number): NextStep {
  if (error instanceof NotAnswered) {
    return { kind: 'repeat', afterMs: 0 };
  }
  if (!(error instanceof CommandFailed)) {
    return { kind: 'give-up' };
  }
  const { code, retryable, retryAfterMs = 0 } = error.failure;
  if (code === 'TOKEN_EXPIRED' || code === 'TOKEN_REQUIRED') {
    return { kind: 'renew-token' };
  }
  if (!retryable || (isFault(error) && faults >= FAULTS_MAX)) {
    return { kind: 'give-up' };
  }
  return { kind: 'repeat', afterMs: retryAfterMs };
}
