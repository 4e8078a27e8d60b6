import { z } from 'zod';
import { Message, UserProfile } from './entities.js';
import { MessageId } from './identifiers.js';

/** A place in a message's text, counted as JavaScript counts characters (UTF-16 code units). */
export const TextRange = z
  .object({ start: z.int().nonnegative(), length: z.int().positive() })
  .meta({ id: 'TextRange' });
export type TextRange = z.infer<typeof TextRange>;

export const FoundMessage = z
  .object({
    message: Message,
    highlights: z
      .array(TextRange)
      .describe("The words that were found, as places in the message's text, first to last"),
  })
  .meta({ id: 'FoundMessage' });
export type FoundMessage = z.infer<typeof FoundMessage>;

export const SearchPage = z
  .object({
    results: z.array(FoundMessage).describe('Newest first'),
    senders: z.array(UserProfile).describe("The messages' authors, as far as the marketplace has told of them"),
    nextCursor: MessageId.nullable().describe('The cursor of the next page; null at the end'),
  })
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof SearchPage>;
