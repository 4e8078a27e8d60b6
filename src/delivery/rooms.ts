const USER = 'user:';
const CHAT = 'chat:';

/** All sockets of a user, on every instance. */
export const userRoom = (userId: string): string => USER + userId;

/** The sockets that joined a chat, on every instance. */
export const chatRoom = (chatId: string): string => CHAT + chatId;

/**
 * The sockets that joined a chat and may not type in it, because it is closed: so that a sign in an open one costs no query. A
 * socket may stand here without need, for a moment; who finds one here asks the database.
 */
export const closedRoom = (chatId: string): string => `closed:${chatId}`;

/** The user whose sockets a room holds; `null` for other rooms. */
export const userOfRoom = (room: string): string | null => (room.startsWith(USER) ? room.slice(USER.length) : null);

/** The chat whose joined sockets a room holds; `null` for other rooms. */
export const chatOfRoom = (room: string): string | null => (room.startsWith(CHAT) ? room.slice(CHAT.length) : null);
