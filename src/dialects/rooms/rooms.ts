import type { Dialect } from '../dialect.js';
import { listening } from '../phrasebook.js';
import { phrases } from './phrases.js';
import { errorWords } from './shapes.js';
import { vocabulary } from './vocabulary.js';

/** Camel-case events around "chat rooms": `createChatRoom`, `sendMessage`, `newMessage`. */
export const rooms: Dialect = {
  wire: 'events',
  numbered: false,
  tellsProfiles: false,
  loginAfterConnect: false,
  read: listening(phrases, errorWords),
  vocabulary,
  renewal: 'connect again with a new token',
};
