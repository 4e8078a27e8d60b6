import { vi } from 'vitest';
import type { Delivery } from '../../../src/delivery/delivery.js';
import { ChatAudience } from '../../../src/members/chat-audience.js';
import type { Membership } from '../../../src/members/membership.js';
import { EVERYTHING, type MarkOutcome, type MarkRequest } from '../../../src/receipts/marks.js';
import type { ReceiptsRepository } from '../../../src/receipts/receipts.repository.js';
import { ReceiptsService } from '../../../src/receipts/receipts.service.js';

interface AdvanceCall {
  requests: readonly MarkRequest[];
  /** Commits: every mark moved as far as was asked, or what the test gives. */
  commit(outcomes?: readonly MarkOutcome[]): void;
  fail(error: Error): void;
}

/** The receipts service over a database whose every answer the test gives; notes what was told to whom. */
export class ControlledReceipts {
  readonly calls: AdvanceCall[] = [];
  /** `read 1 7`: the chat was told that user 1 has read up to 7. */
  readonly told: string[] = [];
  readonly service: ReceiptsService;

  constructor() {
    const repository = {
      advance: (requests: readonly MarkRequest[]) => this.advance(requests),
      seqOf: async () => undefined,
    };
    const membership = { require: async () => undefined } as unknown as Membership;
    const delivery = {
      messageRead: (_chatId: string, userId: string, seq: number) => this.told.push(`read ${userId} ${seq}`),
      messageDelivered: (_chatId: string, userId: string, seq: number) => this.told.push(`delivered ${userId} ${seq}`),
    };
    this.service = new ReceiptsService(
      repository as unknown as ReceiptsRepository,
      membership,
      new ChatAudience(membership),
      delivery as unknown as Delivery,
    );
  }

  /** The nth call, counted from 1, once it has been made. */
  async call(n: number): Promise<AdvanceCall> {
    return vi.waitFor(() => {
      const call = this.calls[n - 1];
      if (call === undefined) {
        throw new Error(`the service made ${this.calls.length} calls so far, not ${n}`);
      }
      return call;
    });
  }

  private advance(requests: readonly MarkRequest[]): Promise<MarkOutcome[]> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        requests,
        commit: (outcomes = requests.map((request) => moved(request))) => resolve([...outcomes]),
        fail: reject,
      });
    });
  }
}

/** As the database answers when both marks were behind. `last` is the chat's last seq. */
export function moved({ chatId, userId, readSeq, deliveredSeq }: MarkRequest, last = EVERYTHING): MarkOutcome {
  return {
    chatId,
    userId,
    lastReadSeq: Math.min(readSeq, last),
    lastDeliveredSeq: Math.min(deliveredSeq, last),
    readMoved: readSeq > 0,
    deliveredMoved: deliveredSeq > 0,
    membersVersion: 1,
  };
}
