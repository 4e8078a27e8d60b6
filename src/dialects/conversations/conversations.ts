import type { AnyEvent, Dialect, Speaker } from '../dialect.js';
import { listening } from '../phrasebook.js';
import { errorWords } from './errors.js';
import { phrases } from './phrases.js';
import { routes } from './routes.js';
import { vocabulary } from './vocabulary.js';

/** Conversations with numbers: `conversation:join`, `message:send` with a `tempId`, and REST routes beside the events. */
export const conversations: Dialect = {
  wire: 'events',
  numbered: true,
  tellsProfiles: true,
  loginAfterConnect: false,
  refusesConnecting: true,
  read: listening(phrases, errorWords),
  vocabulary,
  hears,
  routes,
};

/**
 * Its clients show a message that they send with a `tempId` at once, and would show it twice.
 *
 * They take every read mark for one of the conversation that they show, and of whoever they wrote to: one of another conversation, or
 * the reader's own from another device, would mark messages as read that nobody has read.
 */
function hears({ name, payload }: AnyEvent, speaker: Speaker): boolean {
  switch (name) {
    case 'message:new':
      // Whoever heard the key can send with it. Few messages are of the connection itself, so the key is asked for first.
      return !speaker.isOwnKey(payload.clientMessageId) || payload.senderId !== speaker.userId;
    case 'message:read':
      return payload.userId !== speaker.userId && speaker.joined.includes(payload.chatId);
    default:
      return true;
  }
}
