import { tokenFor } from '../servers/tokens.js';
import type { LoadDialect, Sender } from './commands.js';
import type { LoadProcess } from './load-process.js';

export const FIRST_USER = 1_000_001;

/** A user, and the index of his socket. */
interface Place {
  userId: number;
  socket: number;
}

/**
 * Connects users in pairs, opens each pair's chat, and joins both to it.
 *
 * @param users an even number; each has one socket
 * @param firstSocket how many sockets the load process holds already
 * @returns one sender per user, in the order of their sockets
 */
export async function joinDirectChats(
  load: LoadProcess,
  url: string,
  users: number,
  firstSocket = 0,
): Promise<Sender[]> {
  const places = Array.from({ length: users }, (_, index) => ({
    userId: FIRST_USER + firstSocket + index,
    socket: firstSocket + index,
  }));
  await load.request('connect', { url, tokens: places.map(({ userId }) => tokenFor(userId)) });
  return openChats(
    load,
    Array.from({ length: users / 2 }, (_, pair) => places.slice(pair * 2, pair * 2 + 2) as [Place, Place]),
  );
}

/** Where the two users of a pair connect. */
export type Placement = 'together' | 'apart';

/**
 * Connects users in pairs to two instances: each pair to one of them in turn, or one user of the pair to each.
 *
 * @param firstSocket how many sockets the load process holds already
 * @param users a multiple of 4; each has one socket
 */
export async function joinAcrossInstances(
  load: LoadProcess,
  urls: readonly [string, string],
  placement: Placement,
  { users, firstSocket }: { users: number; firstSocket: number },
): Promise<Sender[]> {
  const half = users / 2;
  const places = Array.from({ length: users }, (_, index) => ({
    userId: FIRST_USER + firstSocket + index,
    socket: firstSocket + index,
  }));
  for (const [instance, url] of urls.entries()) {
    const own = places.slice(instance * half, (instance + 1) * half);
    await load.request('connect', { url, tokens: own.map(({ userId }) => tokenFor(userId)) });
  }
  // Sockets of the first half are on the first instance: neighbours are together, the n-th of each half apart.
  const pairs = Array.from({ length: half }, (_, pair) =>
    placement === 'together' ? [places[pair * 2], places[pair * 2 + 1]] : [places[pair], places[half + pair]],
  );
  return openChats(load, pairs as [Place, Place][]);
}

/**
 * Connects users in pairs, of which the second speaks a dialect, opens each pair's chat, and joins both to it.
 *
 * @param users an even number; each has one socket
 * @returns one sender per pair: the first of it
 */
export async function joinAcrossDialects(
  load: LoadProcess,
  url: string,
  users: number,
  dialect: LoadDialect | undefined,
): Promise<Sender[]> {
  const half = users / 2;
  const places = Array.from({ length: users }, (_, socket) => ({ userId: FIRST_USER + socket, socket }));
  const tokens = places.map(({ userId }) => tokenFor(userId));
  await load.request('connect', { url, tokens: tokens.slice(0, half) });
  await load.request('connect', {
    url,
    tokens: tokens.slice(half),
    ...(dialect === undefined ? {} : { dialect }),
  });
  const pairs = Array.from({ length: half }, (_, pair) => [places[pair], places[half + pair]] as [Place, Place]);
  const senders = await openChats(load, pairs);
  return senders.filter(({ socket }) => socket < half);
}

async function openChats(load: LoadProcess, pairs: ReadonlyArray<readonly [Place, Place]>): Promise<Sender[]> {
  const { chatIds } = await load.request('createChats', {
    chats: pairs.map(([buyer, seller]) => ({
      creator: buyer.socket,
      buyerId: buyer.userId,
      sellerId: seller.userId,
    })),
  });
  const senders = chatIds.flatMap((chatId, pair) =>
    (pairs[pair] ?? []).map(({ socket }) => ({ socket, chatId, audience: 2 })),
  );
  await load.request('join', { memberships: senders.map(({ socket, chatId }) => ({ socket, chatId })) });
  return senders;
}

/**
 * Connects two users with many sockets each, and joins all of them to their one chat.
 *
 * @param sockets an even number, over both users
 * @returns one sender per socket
 */
export async function joinOneChat(load: LoadProcess, url: string, sockets: number): Promise<Sender[]> {
  const users = [FIRST_USER, FIRST_USER + 1] as const;
  const tokens = Array.from({ length: sockets }, (_, socket) => tokenFor(users[socket % 2 === 0 ? 0 : 1]));
  await load.request('connect', { url, tokens });
  const [buyerId, sellerId] = users;
  const { chatIds } = await load.request('createChats', { chats: [{ creator: 0, buyerId, sellerId }] });
  const senders = chatIds.flatMap((chatId) => tokens.map((_, socket) => ({ socket, chatId, audience: sockets })));
  await load.request('join', { memberships: senders.map(({ socket, chatId }) => ({ socket, chatId })) });
  return senders;
}
