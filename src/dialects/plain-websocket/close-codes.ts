import type { ErrorCode } from '../../contract/index.js';

/** The codes with which a connection of this dialect is closed, as far as they are the dialect's own. */
export const closeCodes = {
  /** No token, or one that is no good. A new one is needed before the client comes again. */
  badToken: 4401,
  /** The chat does not exist, or the user is not, or no longer, in it: one code, so that nobody learns which. */
  noAccess: 4403,
  /** The token was good and has expired since. */
  tokenExpired: 4408,
  /** The same user has opened the same chat anew; the newest connection stays. */
  replaced: 4409,
  /** RFC 6455, service restart: this instance goes away, another one is there; or the client has to begin anew. */
  restart: 1012,
  /** RFC 6455, try again later: nothing is wrong with what the client sent. */
  tryAgain: 1013,
} as const;

const forErrors: Partial<Record<ErrorCode, number>> = {
  TOKEN_REQUIRED: closeCodes.badToken,
  TOKEN_INVALID: closeCodes.badToken,
  TOKEN_EXPIRED: closeCodes.badToken,
  TOKEN_USER_MISMATCH: closeCodes.badToken,
  CHAT_NOT_FOUND: closeCodes.noAccess,
  // An id that could be no chat's is answered as one that is none.
  VALIDATION_FAILED: closeCodes.noAccess,
};

/** The code for a connection that cannot be opened, or goes on no longer, because of an error. */
export function closeCodeFor(code: ErrorCode): number {
  return forErrors[code] ?? closeCodes.tryAgain;
}
