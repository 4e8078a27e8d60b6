import { storableText, UserId } from '../contract/index.js';
import type { Profile } from './session.js';

export interface MarketplaceUser {
  userId: string;
  profile: Profile;
}

const text = storableText.trim().min(1).max(512);

/** The first of the given spellings that holds usable text; a profile is decoration and never a reason to refuse. */
function firstText(record: Record<string, unknown>, ...keys: string[]): string | null {
  for (const key of keys) {
    const parsed = text.safeParse(record[key]);
    if (parsed.success) {
      return parsed.data;
    }
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Marketplaces answer with the user bare, or wrapped in `data`, in `user`, or in both. */
function candidates(body: Record<string, unknown>): Record<string, unknown>[] {
  const wrapped = [body.data, body.user].filter(isRecord);
  return [body, ...wrapped, ...wrapped.flatMap((inner) => [inner.user, inner.data].filter(isRecord))];
}

/**
 * Maps the marketplace's answer about a token to a user; `null` when there is none in it.
 * The id is `id`, `userId` or `sub`; names may be in camel or snake case.
 */
export function toMarketplaceUser(body: unknown): MarketplaceUser | null {
  if (!isRecord(body)) {
    return null;
  }
  for (const user of candidates(body)) {
    for (const key of ['id', 'userId', 'sub']) {
      const id = UserId.safeParse(user[key]);
      if (id.success) {
        return {
          userId: id.data,
          profile: {
            username: firstText(user, 'username', 'userName', 'login'),
            firstName: firstText(user, 'firstName', 'first_name', 'name'),
            lastName: firstText(user, 'lastName', 'last_name'),
            avatarUrl: firstText(user, 'avatarUrl', 'avatar_url', 'avatar'),
            role: firstText(user, 'role', 'userType', 'user_type'),
          },
        };
      }
    }
  }
  return null;
}
