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
}

export type OtherMember = Omit<MemberRow, keyof MemberSettings>;

/** What others may know of a member: not his settings. */
export function toWireMember(
  { userId, role, lastReadSeq, lastDeliveredSeq, profile }: OtherMember,
  online: ReadonlySet<string>,
): WireMember {
  return { userId: toWireId(userId), role, online: online.has(userId), lastReadSeq, lastDeliveredSeq, profile };
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
