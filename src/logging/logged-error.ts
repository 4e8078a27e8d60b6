/** What the log keeps of an error. */
export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  /** Facts that name things, not values: an error code, a table, a constraint. */
  [fact: string]: unknown;
}

const FACTS = ['code', 'syscall', 'address', 'port', 'severity', 'schema', 'table', 'column', 'constraint', 'routine'];

/** Causes of causes; deeper ones are cut off, and so is a circle of them. */
const MAX_DEPTH = 5;

/**
 * Reduces an error to what may be logged. Database and Redis drivers hang the statement, its parameters and the failing
 * row on their errors, and HTTP clients the request with its headers: message bodies and tokens, that is. So what is not
 * known to be harmless is left out.
 *
 * @param value whatever was thrown
 */
export function toLoggedError(value: unknown, depth = 0): LoggedError {
  if (!(value instanceof Error)) {
    // Of what is no error nobody knows what is in it.
    return { type: typeof value, message: 'something that is no Error was thrown' };
  }
  const logged: LoggedError = { type: value.constructor.name, message: value.message };
  if (value.stack !== undefined) {
    logged.stack = value.stack;
  }
  for (const fact of FACTS) {
    const found: unknown = Reflect.get(value, fact);
    if (typeof found === 'string' || typeof found === 'number') {
      logged[fact] = found;
    }
  }
  if (depth < MAX_DEPTH) {
    if (value.cause !== undefined) {
      logged.cause = toLoggedError(value.cause, depth + 1);
    }
    if (value instanceof AggregateError) {
      logged.errors = value.errors.map((error: unknown) => toLoggedError(error, depth + 1));
    }
  }
  return logged;
}
