import { tokenFor } from '../servers/tokens.js';
import type { Sender } from './commands.js';
import type { LoadProcess } from './load-process.js';

const FIRST_USER = 1_000_001;

/**
 * Connects users in pairs, opens each pair's chat, and joins both to it.
 *
 * @param users an even number; each has one socket
 * @returns one sender per user, in the order of their sockets
 */
export async function joinDirectChats(load: LoadProcess, url: string, users: number): Promise<Sender[]> {
  const userIds = Array.from({ length: users }, (_, index) => FIRST_USER + index);
  await load.request('connect', { url, tokens: userIds.map(tokenFor) });
  const chats = Array.from({ length: users / 2 }, (_, pair) => ({
    creator: pair * 2,
    buyerId: FIRST_USER + pair * 2,
    sellerId: FIRST_USER + pair * 2 + 1,
  }));
  const { chatIds } = await load.request('createChats', { chats });
  const senders = chatIds.flatMap((chatId, pair) => [
    { socket: pair * 2, chatId, audience: 2 },
    { socket: pair * 2 + 1, chatId, audience: 2 },
  ]);
  await load.request('join', { memberships: senders.map(({ socket, chatId }) => ({ socket, chatId })) });
  return senders;
}
