import type { AnyEvent, Dialect, Speaker } from '../dialect.js';
import { read } from './phrases.js';
import { MESSAGES_PER_MINUTE, words } from './words.js';

/**
 * One JSON object per frame of a plain WebSocket at `/ws/chat/{id}/`, where a connection is one chat. Spoken at that endpoint
 * only: the names of its events are signals to and from it.
 */
export const plainWebSocket: Dialect = {
  wire: 'frames',
  numbered: true,
  tellsProfiles: true,
  loginAfterConnect: false,
  read,
  vocabulary: words,
  hears: concerns,
  messagesPerMinute: MESSAGES_PER_MINUTE,
  renewal: 'connect again with a new token',
};

/**
 * Events to a user reach his connections whatever their chat, and a frame does not tell which chat it is about. Only a removal
 * is heard of any: it comes when the connection has left the chat already, and names the chat to the wire.
 */
function concerns({ name, payload }: AnyEvent, { joined }: Speaker): boolean {
  return name === 'chat:removed' || !('chatId' in payload) || joined.includes(payload.chatId);
}
