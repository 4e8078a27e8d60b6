import type { ChatError } from '../../contract/index.js';
import type { Spoken } from '../dialect.js';

/** The guide names an event for messages that failed only; for everything else `error`, with what the canonical one holds. */
export function errorWords({ code, message }: Pick<ChatError, 'code' | 'message'>, event: string): readonly Spoken[] {
  return [{ event: 'error', args: [{ code, message, event }] }];
}

export function failing(event: string): (error: ChatError) => readonly Spoken[] {
  return (error) => errorWords(error, event);
}
