import { expect } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';

let lastUserId = 1_000;

/** A user no other test of the file knows, so that tests may share one running service. */
export function newUserId(): number {
  lastUserId += 1;
  return lastUserId;
}

export interface Pair {
  buyerId: number;
  sellerId: number;
  buyer: TestClient;
  seller: TestClient;
  chatId: string;
}

/** Two new users who are connected and have a chat, which neither has joined. Both have seen its `chat:created`. */
export async function connectPair(chat: TestChat): Promise<Pair> {
  const [buyerId, sellerId] = [newUserId(), newUserId()];
  const [buyer, seller] = await Promise.all([chat.connect(buyerId), chat.connect(sellerId)]);
  const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId });
  await Promise.all([buyer.event('chat:created'), seller.event('chat:created')]);
  return { buyerId, sellerId, buyer, seller, chatId };
}

/** As {@link connectPair}, and both have joined. */
export async function joinedPair(chat: TestChat): Promise<Pair> {
  const pair = await connectPair(chat);
  await Promise.all([pair.buyer, pair.seller].map((client) => client.get('chat:join', { chatId: pair.chatId })));
  return pair;
}

/** Resolves when the pair see each other's profiles: those are kept beside the connecting, and nobody waits for them. */
export async function profilesKnown({ buyer, seller, chatId }: Pair): Promise<void> {
  for (const client of [buyer, seller]) {
    const peer = async () =>
      (await client.get('chat:list', {})).chats.find(({ chat }) => chat.id === chatId)?.peer?.profile;
    await expect.poll(peer, { timeout: 10_000 }).toBeTruthy();
  }
}

/** A group that one client owns, with these other members; nobody has joined it. */
export async function createGroup(owner: TestClient, userIds: number[], name = 'Delivery'): Promise<string> {
  const { id: chatId } = await owner.get('chat:create', { type: 'group', name, userIds });
  await owner.event('chat:created', ({ id }) => id === chatId);
  return chatId;
}

/** Environment for tests that send more than a person would. */
export const UNLIMITED = {
  RATE_LIMIT_MESSAGES: '1000000',
  RATE_LIMIT_COMMANDS: '1000000',
  RATE_LIMIT_SEARCHES: '1000000',
};
