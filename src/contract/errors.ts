import { z } from 'zod';

/**
 * Every code a client can meet, with what it means and whether the same request may succeed later unchanged.
 * Codes are only ever added.
 */
export const errorCodes = {
  TOKEN_REQUIRED: { retryable: false, meaning: 'The connection carries no token' },
  TOKEN_INVALID: { retryable: false, meaning: 'The token is malformed, wrongly signed or refused by the marketplace' },
  TOKEN_EXPIRED: { retryable: false, meaning: 'The token is past its exp; send auth:refresh-token' },
  API_KEY_INVALID: { retryable: false, meaning: 'The request brings no key of the admin API, or a wrong one' },
  TOKEN_USER_MISMATCH: { retryable: false, meaning: 'The new token belongs to another user' },
  AUTH_SERVICE_ERROR: { retryable: true, meaning: 'The marketplace API could not be asked about the token' },
  VALIDATION_FAILED: { retryable: false, meaning: 'The payload does not fit the contract; details lists where' },
  PAYLOAD_TOO_LARGE: { retryable: false, meaning: 'The body of the request is larger than the deployment allows' },
  UNKNOWN_EVENT: { retryable: false, meaning: 'No command has this name' },
  UNKNOWN_ROUTE: { retryable: false, meaning: 'No route has this method and path' },
  CHAT_NOT_FOUND: { retryable: false, meaning: 'The chat does not exist, or the caller is not a member' },
  MESSAGE_NOT_FOUND: { retryable: false, meaning: 'The chat has no such message' },
  CHAT_CLOSED: {
    retryable: false,
    meaning: 'The marketplace has closed the chat: it can be read, and nothing can be said in it',
  },
  FORBIDDEN: { retryable: false, meaning: 'The caller may not do this' },
  GROUP_FULL: { retryable: false, meaning: 'The group would have more members than the deployment allows' },
  MESSAGE_EMPTY: { retryable: false, meaning: 'The text is empty once trimmed' },
  MESSAGE_TOO_LONG: { retryable: false, meaning: 'The text is longer than the deployment allows' },
  DUPLICATE_CLIENT_ID: { retryable: false, meaning: 'The clientMessageId already names a message with another body' },
  ATTACHMENT_REFUSED: {
    retryable: false,
    meaning: "An attachment's address, type or size, or their number, is not allowed; details say which and what is",
  },
  REACTION_LIMIT: { retryable: false, meaning: 'The message has no room for another reaction; details hold the limit' },
  UPLOADS_DISABLED: { retryable: false, meaning: 'The deployment has no store for uploads' },
  BLOCKED: {
    retryable: false,
    meaning: 'The caller and another have a block between them; details.by says whose it is: you or other',
  },
  RATE_LIMITED: { retryable: true, meaning: 'Too many commands; wait retryAfterMs' },
  OVERLOADED: {
    retryable: true,
    meaning: 'Too much of the kind waits already; try again soon, a message with the same clientMessageId',
  },
  UNAVAILABLE: { retryable: true, meaning: 'The store is out of reach; retry with the same clientMessageId' },
  INTERNAL: { retryable: true, meaning: 'A fault of the service; it is logged' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

const names = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
export const ErrorCode = z.enum(names).meta({ id: 'ErrorCode' });

export const Failure = z
  .object({
    code: ErrorCode,
    message: z.string().describe('"unable to <operation>; <reason>"'),
    retryable: z.boolean().describe('Whether the same request may succeed later'),
    retryAfterMs: z.int().nonnegative().optional(),
    details: z.unknown().optional(),
  })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof Failure>;

/** What every command answers, exactly once. */
export type Ack<T> = { success: true; data: T } | { success: false; error: Failure };

interface ChatErrorOptions {
  /** How long the client should wait before it tries again, in milliseconds. */
  retryAfterMs?: number;
  /** Machine-readable facts for the client; never a token, never a message body. */
  details?: unknown;
  cause?: unknown;
}

/**
 * The one error class of the service. Its message reads "unable to <operation>; <reason>".
 *
 * @example new ChatError('CHAT_NOT_FOUND', 'join chat', 'no chat of yours has this id')
 */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly retryAfterMs: number | undefined;
  readonly details: unknown;

  constructor(
    readonly code: ErrorCode,
    operation: string,
    private readonly reason: string,
    options: ChatErrorOptions = {},
  ) {
    super(`unable to ${operation}; ${reason}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }

  /**
   * The one answer for a chat that does not exist, a chat of others, and an id that can be no chat's: who probes learns
   * nothing from the difference.
   */
  static chatNotFound(operation: string): ChatError {
    return new ChatError('CHAT_NOT_FOUND', operation, 'no chat of yours has this id');
  }

  /** The answer to who would write in a direct chat in which a block stands. @param by who has set it, for the caller */
  static blocked(operation: string, by: 'you' | 'other'): ChatError {
    const reason =
      by === 'you' ? 'you have blocked the other member; unblock them first' : 'the other member has blocked you';
    return new ChatError('BLOCKED', operation, reason, { details: { by } });
  }

  /** The answer to who would add users to a group one of whom has blocked him; which one is not said. */
  static blockedByNewcomer(operation: string): ChatError {
    return new ChatError('BLOCKED', operation, 'one of these users has blocked you', { details: { by: 'other' } });
  }

  /** The one answer to whatever would say something in a chat that the marketplace has closed. */
  static chatClosed(operation: string): ChatError {
    return new ChatError('CHAT_CLOSED', operation, 'the marketplace has closed this chat');
  }

  /** The same failure, told of another operation: for work that several callers share. */
  during(operation: string): ChatError {
    return new ChatError(this.code, operation, this.reason, {
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      details: this.details,
      cause: this.cause,
    });
  }

  /** The wire form: what the client may know, without cause and stack. */
  toFailure(): Failure {
    return {
      code: this.code,
      message: this.message,
      retryable: errorCodes[this.code].retryable,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Waits for work that callers share; a failure of it speaks of the caller's own operation. */
export async function inOwnWords<T>(shared: Promise<T>, operation: string): Promise<T> {
  try {
    return await shared;
  } catch (error) {
    throw error instanceof ChatError ? error.during(operation) : error;
  }
}
