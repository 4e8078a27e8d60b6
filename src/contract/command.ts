import { z } from 'zod';
import { ChatId, MessageId } from './identifiers.js';

/** Which of the per-user rate limits a command draws from; the numbers are in the configuration. */
export type RateClass = 'message' | 'command' | 'search';

interface CommandDefinition<P extends z.ZodType, D extends z.ZodType> {
  /** Completes the sentence "unable to …" in every error of the command. */
  operation: string;
  summary: string;
  payload: P;
  data: D;
  rate: RateClass;
}

export function command<P extends z.ZodType, D extends z.ZodType>(definition: CommandDefinition<P, D>) {
  return Object.freeze(definition);
}

export const Nothing = z.null().describe('Nothing');
export const inChat = z.object({ chatId: ChatId });
export const ofMessage = inChat.extend({ messageId: MessageId });
