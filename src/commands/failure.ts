import type { z } from 'zod';
import { ChatError } from '../contract/index.js';
import { isTransientDatabaseFailure } from '../database/transient-failure.js';

const MAX_REPORTED_ISSUES = 10;

/**
 * What is wrong with a payload, by path. Values stay out of it: they may be message bodies or tokens. An otherwise good
 * payload whose chat id is text of another form names a chat that cannot exist.
 */
export function validationFailure(error: z.ZodError, operation: string): ChatError {
  const [only, ...others] = error.issues;
  if (only?.path.join() === 'chatId' && only.code === 'invalid_format' && others.length === 0) {
    return ChatError.chatNotFound(operation);
  }
  const details = error.issues
    .slice(0, MAX_REPORTED_ISSUES)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const [first] = details;
  const where = first === undefined ? 'the payload' : first.path === '' ? 'the payload' : first.path;
  return new ChatError('VALIDATION_FAILED', operation, `${where}: ${first?.message ?? 'does not fit the contract'}`, {
    details,
  });
}

/** Maps whatever a handler threw to what the client is told. Unforeseen errors keep their cause for the log only. */
export function toChatError(error: unknown, operation: string): ChatError {
  if (error instanceof ChatError) {
    return error;
  }
  if (isTransientDatabaseFailure(error)) {
    return new ChatError('UNAVAILABLE', operation, 'the database is out of reach; try again soon', { cause: error });
  }
  return new ChatError('INTERNAL', operation, 'the service failed; the failure is logged', { cause: error });
}
