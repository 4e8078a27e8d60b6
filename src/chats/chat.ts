import { toWireId, type Chat as WireChat } from '../contract/index.js';

/** A chat as the service knows it: ids as text, times as dates. */
export interface StoredChat {
  id: string;
  type: 'direct';
  buyerId: string;
  sellerId: string;
  productId: string | null;
  lastSeq: number;
  rev: number;
  createdAt: Date;
}

export function toWireChat(chat: StoredChat): WireChat {
  return {
    id: chat.id,
    type: chat.type,
    buyerId: toWireId(chat.buyerId),
    sellerId: toWireId(chat.sellerId),
    productId: chat.productId === null ? null : toWireId(chat.productId),
    lastSeq: chat.lastSeq,
    rev: chat.rev,
    createdAt: chat.createdAt.toISOString(),
  };
}
