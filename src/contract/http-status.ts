import type { ErrorCode } from './errors.js';

/** How a failure is answered over HTTP. A code without a status does not compile. */
export const httpStatus = {
  TOKEN_REQUIRED: 401,
  TOKEN_INVALID: 401,
  TOKEN_EXPIRED: 401,
  TOKEN_USER_MISMATCH: 403,
  AUTH_SERVICE_ERROR: 503,
  VALIDATION_FAILED: 400,
  PAYLOAD_TOO_LARGE: 413,
  UNKNOWN_EVENT: 404,
  UNKNOWN_ROUTE: 404,
  CHAT_NOT_FOUND: 404,
  MESSAGE_NOT_FOUND: 404,
  FORBIDDEN: 403,
  MESSAGE_EMPTY: 400,
  MESSAGE_TOO_LONG: 400,
  DUPLICATE_CLIENT_ID: 409,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, number>;
