import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { createGroup, newUserId } from '../chats/participants.js';

/** A group of an owner, a moderator and a member; all have joined it. */
export interface GroupOfThree {
  chatId: string;
  owner: TestClient;
  ownerId: number;
  moderator: TestClient;
  moderatorId: number;
  member: TestClient;
  memberId: number;
  /** All three. */
  everybody: TestClient[];
}

/** @param instances where the three connect, in this order */
export async function groupOfThree(
  chat: TestChat,
  instances: [number, number, number] = [0, 0, 0],
): Promise<GroupOfThree> {
  const [ownerId, moderatorId, memberId] = [newUserId(), newUserId(), newUserId()];
  const [owner, moderator, member] = await Promise.all([
    chat.connect(ownerId, { instance: instances[0] }),
    chat.connect(moderatorId, { instance: instances[1] }),
    chat.connect(memberId, { instance: instances[2] }),
  ]);
  const everybody = [owner, moderator, member];
  const chatId = await createGroup(owner, [moderatorId, memberId]);
  await owner.get('group:role', { chatId, userId: moderatorId, role: 'moderator' });
  await Promise.all(everybody.map((client) => client.get('chat:join', { chatId })));
  return { chatId, owner, ownerId, moderator, moderatorId, member, memberId, everybody };
}

/** The seq of the last message of a chat that a member sees. */
export async function lastSeqOf(client: TestClient, chatId: string): Promise<number> {
  return (await client.get('chat:history', { chatId, limit: 1 })).messages[0]?.seq ?? 0;
}
