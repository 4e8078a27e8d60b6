import type { TestClient } from '../chat/test-client.js';
import type { Pair } from '../chats/participants.js';

/** What two members can tell of their chat: two equal views mean that nothing was changed, and nobody told of anything. */
export interface MembersView {
  state: unknown;
  /** How many events each has heard. */
  buyer: number;
  seller: number;
}

export async function membersView({
  buyer,
  seller,
  chatId,
}: Pick<Pair, 'buyer' | 'seller' | 'chatId'>): Promise<MembersView> {
  // The typing sign runs on its own clock.
  const { typing: _, ...state } = await seller.get('chat:get', { chatId });
  await Promise.all([buyer.barrier(), seller.barrier()]);
  const heard = ({ log }: TestClient) => log.filter(({ event }) => !event.startsWith('typing:')).length;
  return { state, buyer: heard(buyer), seller: heard(seller) };
}
