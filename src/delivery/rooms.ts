/** All sockets of a user, on every instance. */
export const userRoom = (userId: string): string => `user:${userId}`;

/** The sockets that joined a chat, on every instance. */
export const chatRoom = (chatId: string): string => `chat:${chatId}`;
