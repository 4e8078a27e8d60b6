import { expect } from 'vitest';
import { type ErrorCode, errorCodes, Failure } from '../../../src/contract/index.js';

/** "unable to <operation>; <reason>": lower case, one clause each, no stack and no second line. */
export const ERROR_SENTENCE = /^unable to [a-z]+(?: [a-z]+)*; \S[^\n]*$/;

/** Holds a failure to its code and to the shape that every failure has on the wire. */
export function expectRefusal(failure: Failure, code: ErrorCode): void {
  expect(failure.code).toBe(code);
  expect(Failure.strict().parse(failure)).toEqual(failure);
  expect(failure.message).toMatch(ERROR_SENTENCE);
  expect(failure.retryable).toBe(errorCodes[code].retryable);
}
