import type { Chat, Message } from '../../../src/contract/index.js';

export const CHAT_ID = '0190b0a0-0000-7000-8000-000000000001';

/** A message of one chat; told apart by `seq`, and by `rev` where it was changed later. */
export function aMessage(seq: number, rev = seq): Message {
  return {
    id: `0190b0a0-0000-7000-8000-${String(seq).padStart(12, '0')}`,
    chatId: CHAT_ID,
    seq,
    rev,
    senderId: 1,
    type: 'text',
    text: `message ${seq}`,
    attachments: [],
    replyTo: null,
    reactions: [],
    productId: null,
    clientMessageId: `key ${seq}`,
    createdAt: '2026-01-01T00:00:00.000Z',
    editedAt: rev === seq ? null : '2026-01-01T00:00:01.000Z',
    deletedAt: null,
  };
}

export const messages = (...seqs: number[]): Message[] => seqs.map((seq) => aMessage(seq));

export function aChat(lastSeq: number, rev = lastSeq): Chat {
  return {
    id: CHAT_ID,
    type: 'direct',
    name: null,
    buyerId: 1,
    sellerId: 2,
    productId: null,
    lastSeq,
    rev,
    createdAt: '2026-01-01T00:00:00.000Z',
    closedAt: null,
  };
}
