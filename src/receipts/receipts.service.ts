import { Injectable, Logger } from '@nestjs/common';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import { ChatError, type Marks } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { ChatAudience } from '../members/chat-audience.js';
import { Membership } from '../members/membership.js';
import { coalesce, EVERYTHING, type MarkOutcome, type MarkRequest, toWireMarks } from './marks.js';
import { ReceiptsRepository } from './receipts.repository.js';

/** Receipts that may wait for the database; about a megabyte. */
const QUEUE_LIMIT = 10_000;

interface Pending extends MarkRequest {
  operation: string;
  resolve: (outcome: MarkOutcome) => void;
  reject: (error: unknown) => void;
}

interface Receipt {
  messageId?: string | undefined;
  seq?: number | undefined;
}

/**
 * Read and delivered marks. A client that scrolls through a hundred messages sends a hundred receipts; those that arrive
 * while a write is under way become one row of the next.
 */
@Injectable()
export class ReceiptsService {
  private readonly logger = new Logger(ReceiptsService.name);
  private readonly writes = new OneInFlight<Pending>({
    handle: (batch) => this.write(batch),
    onBug: (error) => this.logger.error({ err: error }, 'receipts lost'),
  });

  constructor(
    private readonly repository: ReceiptsRepository,
    private readonly membership: Membership,
    private readonly audience: ChatAudience,
    private readonly delivery: Delivery,
  ) {}

  /** @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_NOT_FOUND`, `OVERLOADED` */
  async read(userId: string, chatId: string, receipt: Receipt): Promise<Marks> {
    const operation = 'mark as read';
    const seq = await this.reach(userId, chatId, receipt, operation);
    return this.advance({ chatId, userId, readSeq: seq, deliveredSeq: seq }, operation);
  }

  /** @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_NOT_FOUND`, `OVERLOADED` */
  async delivered(userId: string, chatId: string, receipt: Receipt): Promise<Marks> {
    const operation = 'mark as delivered';
    const seq = await this.reach(userId, chatId, receipt, operation);
    return this.advance({ chatId, userId, readSeq: 0, deliveredSeq: seq }, operation);
  }

  /** Who names a message must be a member before he learns whether it exists; the write checks membership by itself. */
  private async reach(userId: string, chatId: string, { messageId, seq }: Receipt, operation: string): Promise<number> {
    if (messageId === undefined) {
      return seq ?? EVERYTHING;
    }
    await this.membership.require(chatId, userId, operation);
    const found = await this.repository.seqOf(chatId, messageId);
    if (found === undefined) {
      throw new ChatError('MESSAGE_NOT_FOUND', operation, 'the chat has no message with this id');
    }
    return found;
  }

  private async advance(request: MarkRequest, operation: string): Promise<Marks> {
    if (this.writes.size >= QUEUE_LIMIT) {
      throw new ChatError('OVERLOADED', operation, 'too many receipts wait for the database; send it again soon');
    }
    const outcome = await new Promise<MarkOutcome>((resolve, reject) => {
      this.writes.add({ ...request, operation, resolve, reject });
    });
    return toWireMarks(outcome);
  }

  private async write(batch: readonly Pending[]): Promise<void> {
    try {
      const requests = coalesce(
        batch.map(({ chatId, userId, readSeq, deliveredSeq }) => ({ chatId, userId, readSeq, deliveredSeq })),
      );
      const outcomes = new Map<string, MarkOutcome>();
      for (const outcome of await this.repository.advance(requests)) {
        outcomes.set(`${outcome.chatId}:${outcome.userId}`, outcome);
        this.announce(outcome);
      }
      for (const { chatId, userId, operation, resolve, reject } of batch) {
        const outcome = outcomes.get(`${chatId}:${userId}`);
        if (outcome === undefined) {
          reject(ChatError.chatNotFound(operation));
        } else {
          resolve(outcome);
        }
      }
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    }
  }

  private announce(outcome: MarkOutcome): void {
    const { chatId, userId, lastReadSeq, lastDeliveredSeq, readMoved, deliveredMoved, membersVersion } = outcome;
    if (!deliveredMoved && !readMoved) {
      return;
    }
    this.audience.address(chatId, membersVersion, (removed) => {
      if (deliveredMoved) {
        this.delivery.messageDelivered(chatId, userId, lastDeliveredSeq, removed);
      }
      if (readMoved) {
        this.delivery.messageRead(chatId, userId, lastReadSeq, removed);
      }
    });
  }
}
