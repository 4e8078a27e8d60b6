import { toWireId, type Marks as WireMarks } from '../contract/index.js';

/** How far a member is to be marked; a mark left out stays where it is. */
export interface MarkRequest {
  chatId: string;
  userId: string;
  readSeq: number;
  deliveredSeq: number;
}

/** A member's marks after a write, and which of them moved by it. */
export interface MarkOutcome {
  chatId: string;
  userId: string;
  lastReadSeq: number;
  lastDeliveredSeq: number;
  readMoved: boolean;
  deliveredMoved: boolean;
  /** The version of the chat's members as of the write. */
  membersVersion: number;
}

/** Up to the last message there is. */
export const EVERYTHING = 2_147_483_647;

export function toWireMarks({ chatId, userId, lastReadSeq, lastDeliveredSeq }: MarkOutcome): WireMarks {
  return { chatId, userId: toWireId(userId), lastReadSeq, lastDeliveredSeq };
}

/** One request for each member and chat: marks only move forward, so the farthest of several says it all. */
export function coalesce(requests: readonly MarkRequest[]): MarkRequest[] {
  const farthest = new Map<string, MarkRequest>();
  for (const request of requests) {
    const key = `${request.chatId}:${request.userId}`;
    const known = farthest.get(key);
    farthest.set(key, {
      ...request,
      readSeq: Math.max(request.readSeq, known?.readSeq ?? 0),
      deliveredSeq: Math.max(request.deliveredSeq, known?.deliveredSeq ?? 0),
    });
  }
  return [...farthest.values()];
}
