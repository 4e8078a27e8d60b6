/**
 * SQLSTATE classes and codes after which the same statement may succeed on another try. 25006: after a failover the
 * connection leads to what is now a read-only standby.
 */
const TRANSIENT_SQLSTATE = /^(?:08|57P0|53|25006|40001|40P01|55P03|57014)/;

const TRANSIENT_NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What node-postgres says without a code when a connection dies or does not come. */
const TRANSIENT_MESSAGE = /connection terminated|connection timeout|timeout exceeded|query read timeout|not queryable/i;

/** A lock was not granted, or the statement waited for one until its time was up. */
const CONTENTION_SQLSTATE = new Set(['55P03', '57014']);

/** Whether a statement failed over a row that somebody else holds: others in its batch need not wait for that row. */
export function isContention(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONTENTION_SQLSTATE.has(String(error.code));
}

/** A lock was not granted in time, or two transactions waited for each other and this one was given up. */
const LOCK_SQLSTATE = new Set(['40P01', '55P03']);

/** Whether a transaction failed for its locks alone: nothing of it was committed, and it may be begun anew. */
export function isLockFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && LOCK_SQLSTATE.has(String(error.code));
}

/**
 * Whether a database error speaks of the connection, of where it leads or of contention, not of the statement. Such a statement may have
 * been committed: only statements that can be repeated without harm may be retried.
 */
export function isTransientDatabaseFailure(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  if (error instanceof AggregateError && error.errors.some(isTransientDatabaseFailure)) {
    return true;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return TRANSIENT_SQLSTATE.test(code) || TRANSIENT_NETWORK.has(code) || TRANSIENT_MESSAGE.test(error.message);
}
