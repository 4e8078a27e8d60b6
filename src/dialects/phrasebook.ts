import { ChatError } from '../contract/index.js';
import type { Dialect, Meaning, Speaker, Spoken } from './dialect.js';

/** What a client's words mean, by the name of its event. Arguments are whatever the client sent. */
export type Phrasebook = Readonly<Record<string, (args: readonly unknown[], speaker: Speaker) => Meaning>>;

/**
 * The listening half of a dialect that is a table.
 *
 * @param failed how the dialect tells that it has no such words
 */
export function listening(
  phrases: Phrasebook,
  failed: (error: ChatError, event: string) => readonly Spoken[],
): Dialect['read'] {
  return (event, args, speaker) => {
    // A client may name its event `constructor`.
    const phrase = Object.hasOwn(phrases, event) ? phrases[event] : undefined;
    if (phrase === undefined) {
      const error = unknownEvent();
      return { kind: 'say', words: failed(error, event), error };
    }
    return phrase(args, speaker);
  };
}

function unknownEvent(): ChatError {
  return new ChatError('UNKNOWN_EVENT', 'run command', 'this dialect has no event of this name');
}

/** An id as text, which is its one spelling; `null` for what can be none. Other values may refuse to become text, and throw. */
export function idText(id: unknown): string | null {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

/** The fields of whatever a client sent; of what is no object, none. */
export function fieldsOf(sent: unknown): Readonly<Record<string, unknown>> {
  return typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : {};
}
