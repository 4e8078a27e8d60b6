import { type Profile, toWireId, type UserProfile } from '../contract/index.js';

/** A profile as it comes with a row of another table, all columns null where the user has none. */
export interface JoinedProfile {
  profileOf: string | null;
  username: string | null;
  firstName: string | null;
  lastName: string | null;
  avatarUrl: string | null;
  marketplaceRole: string | null;
}

/** For queries that join `chat.user_profiles as p` to the left. */
export const profileColumns = [
  'p.user_id as profileOf',
  'p.username',
  'p.first_name as firstName',
  'p.last_name as lastName',
  'p.avatar_url as avatarUrl',
  'p.role as marketplaceRole',
] as const;

export function joinedProfile(row: JoinedProfile): Profile | null {
  if (row.profileOf === null) {
    return null;
  }
  const { username, firstName, lastName, avatarUrl, marketplaceRole } = row;
  return { username, firstName, lastName, avatarUrl, role: marketplaceRole };
}

export function toUserProfile(userId: string, profile: Profile | null): UserProfile | null {
  return profile === null ? null : { userId: toWireId(userId), ...profile };
}
