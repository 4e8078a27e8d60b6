import { UserId } from '../contract/index.js';
import type { Session } from './session.js';

/** No end is written in such a token; a connection has to end some day all the same. */
const LIFE_MS = 24 * 60 * 60 * 1_000;

/** An id, then a type of user such as `buyer`. A JSON Web Token has no colon. */
const FORM = /^([^:\s]+):(\w{1,64})$/;

/**
 * The session that `id:type` stands for, where a deployment takes everybody for whom he says he is; `null` for text of
 * another form.
 *
 * @param now milliseconds since the epoch
 * @param asOf the position of the check, see {@link Session}
 */
export function developmentSession(token: string, now: number, asOf: number): Session | null {
  const [, id, role = null] = FORM.exec(token) ?? [];
  const userId = UserId.safeParse(id);
  if (!userId.success) {
    return null;
  }
  const profile = { username: null, firstName: null, lastName: null, avatarUrl: null, role };
  return { userId: userId.data, expiresAt: now + LIFE_MS, asOf, profile };
}
