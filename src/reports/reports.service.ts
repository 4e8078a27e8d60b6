import { Injectable } from '@nestjs/common';
import { ChatError, type CommandPayload, type Report } from '../contract/index.js';
import { Membership } from '../members/membership.js';
import { ReportsRepository } from './reports.repository.js';

const REPORT = 'report message';

/** Reports of messages, kept for the marketplace in `chat.reports`. Nobody else is told of them. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly repository: ReportsRepository,
    private readonly membership: Membership,
  ) {}

  /**
   * Reports another member's message. A deleted message can be reported too: its author may have deleted it to get away
   * with it. The first report of a message stands; a repeat is answered with it.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `MESSAGE_NOT_FOUND`, `FORBIDDEN` for one's own message and for what the service tells
   */
  async report(
    reporterId: string,
    { chatId, messageId, reason, comment }: CommandPayload<'message:report'>,
  ): Promise<Report> {
    await this.membership.require(chatId, reporterId, REPORT);
    const authorId = await this.repository.authorOf(chatId, messageId);
    if (authorId === undefined) {
      throw new ChatError('MESSAGE_NOT_FOUND', REPORT, 'the chat has no message with this id');
    }
    if (authorId === null) {
      throw new ChatError('FORBIDDEN', REPORT, 'nobody has written it; the service tells what happened');
    }
    if (authorId === reporterId) {
      throw new ChatError('FORBIDDEN', REPORT, 'it is your own; delete it instead');
    }
    await this.repository.storeUnlessReported({ chatId, messageId, reporterId, reason, comment: comment ?? null });
    const stored = await this.repository.find(chatId, messageId, reporterId);
    if (stored === undefined) {
      throw new Error('unable to report message; the report is not there right after it was stored');
    }
    return {
      chatId,
      messageId,
      reason: stored.reason,
      comment: stored.comment,
      reportedAt: stored.reportedAt.toISOString(),
    };
  }
}
