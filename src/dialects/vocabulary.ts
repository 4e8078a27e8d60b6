import type { EventName, EventPayload } from '../contract/index.js';
import type { AnyEvent, Facts, Spoken } from './dialect.js';

type Words<E extends EventName> = (payload: EventPayload<E>, facts: Facts) => readonly Spoken[];

/** Words that are none, with the reason why. */
interface Silence {
  (): readonly Spoken[];
  readonly because: string;
}

/**
 * How a dialect says each event of the service. It has an entry for every event, so that a new one cannot be forgotten:
 * words, or {@link silent} with a reason.
 */
export type Vocabulary = { readonly [E in EventName]: Words<E> | Silence };

const NO_WORDS: readonly Spoken[] = [];

/** @param because why clients of the dialect lose nothing by not being told */
export function silent(because: string): Silence {
  return Object.assign(() => NO_WORDS, { because });
}

/** Whether a dialect never has words for an event: then nothing is looked up for it. */
export function isSilent(vocabulary: Vocabulary, event: EventName): boolean {
  return 'because' in vocabulary[event];
}

/** The words for an event. */
export function saying(vocabulary: Vocabulary, { name, payload }: AnyEvent, facts: Facts): readonly Spoken[] {
  // Name and payload belong together, which a union of pairs no longer tells the compiler once it is taken apart.
  const words = vocabulary[name] as Words<EventName>;
  return words(payload, facts);
}
