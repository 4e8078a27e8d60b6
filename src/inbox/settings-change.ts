import type { CommandPayload } from '../contract/index.js';
import type { Folder } from '../database/schema.js';

/** What is to become of a member's settings. */
export interface SettingsChange {
  /** Where the chat is put; `null` leaves it. */
  putInto: Folder | null;
  /** Where it is taken out of, back into the inbox, unless it is put somewhere. */
  takeOutOf: readonly Folder[];
  /** How long it is muted: until a time, for good, not at all; `undefined` leaves it. */
  mute: Date | 'infinity' | null | undefined;
}

/** Not archived is not the same as in the inbox: a hidden chat that is not archived stays hidden. */
export function toSettingsChange(
  { archived, hidden, muted, mutedUntil }: Omit<CommandPayload<'chat:settings'>, 'chatId'>,
  now: Date,
): SettingsChange {
  return {
    putInto: archived === true ? 'archive' : hidden === true ? 'hidden' : null,
    takeOutOf: [...(archived === false ? ['archive' as const] : []), ...(hidden === false ? ['hidden' as const] : [])],
    mute: toMute(muted, mutedUntil, now),
  };
}

/** A time that has passed unmutes. */
function toMute(muted: boolean | undefined, mutedUntil: string | undefined, now: Date): SettingsChange['mute'] {
  if (mutedUntil !== undefined) {
    const until = new Date(mutedUntil);
    return until > now ? until : null;
  }
  return muted === undefined ? undefined : muted ? 'infinity' : null;
}
