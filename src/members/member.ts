import {
  type ChatSettings,
  type GroupRole,
  type Profile,
  toWireId,
  type Member as WireMember,
} from '../contract/index.js';
import type { Folder } from '../database/schema.js';

/** What a member has made of a chat. */
export interface MemberSettings {
  folder: Folder;
  muted: boolean;
  /** When the mute ends by itself; `null` where it does not, and where there is none. */
  mutedUntil: Date | null;
}

export interface MemberRow extends MemberSettings {
  userId: string;
  role: 'buyer' | 'seller' | GroupRole;
  lastReadSeq: number;
  lastDeliveredSeq: number;
  profile: Profile | null;
  /** Whether his presence is kept from who looks: he is invisible, or has blocked him. */
  presenceHidden: boolean;
}

export type OtherMember = Omit<MemberRow, keyof MemberSettings>;

/**
 * What others may know of a member: not his settings, and his presence only where he lets them see it.
 *
 * @param online who is connected
 */
export function toWireMember(
  { userId, role, lastReadSeq, lastDeliveredSeq, profile, presenceHidden }: OtherMember,
  online: ReadonlySet<string>,
): WireMember {
  const seen = !presenceHidden && online.has(userId);
  return { userId: toWireId(userId), role, online: seen, lastReadSeq, lastDeliveredSeq, profile };
}

export function toWireSettings(chatId: string, { folder, muted, mutedUntil }: MemberSettings): ChatSettings {
  return {
    chatId,
    archived: folder === 'archive',
    hidden: folder === 'hidden',
    muted,
    mutedUntil: mutedUntil?.toISOString() ?? null,
  };
}
