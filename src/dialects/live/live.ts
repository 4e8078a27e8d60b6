import type { Dialect } from '../dialect.js';
import { listening } from '../phrasebook.js';
import { phrases } from './phrases.js';
import { systemError } from './shapes.js';
import { vocabulary } from './vocabulary.js';

/** Namespaced events for live chat, with a login after the connection: `auth:login`, `chat:message`, `status:typing`. */
export const live: Dialect = {
  wire: 'events',
  numbered: false,
  tellsProfiles: false,
  loginAfterConnect: true,
  read: listening(phrases, systemError),
  vocabulary,
  renewal: 'send auth:login with a new token',
};
