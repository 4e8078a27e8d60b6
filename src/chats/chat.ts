import { toWireId, type Chat as WireChat } from '../contract/index.js';

/** A chat as the service knows it: ids as text, times as dates. */
export interface StoredChat {
  id: string;
  type: 'direct' | 'group';
  /** Of a group; a direct chat has buyer and seller instead. */
  name: string | null;
  buyerId: string | null;
  sellerId: string | null;
  productId: string | null;
  lastSeq: number;
  rev: number;
  createdAt: Date;
  closedAt: Date | null;
}

export function toWireChat(chat: StoredChat): WireChat {
  return {
    id: chat.id,
    type: chat.type,
    name: chat.name,
    buyerId: chat.buyerId === null ? null : toWireId(chat.buyerId),
    sellerId: chat.sellerId === null ? null : toWireId(chat.sellerId),
    productId: chat.productId === null ? null : toWireId(chat.productId),
    lastSeq: chat.lastSeq,
    rev: chat.rev,
    createdAt: chat.createdAt.toISOString(),
    closedAt: chat.closedAt?.toISOString() ?? null,
  };
}
