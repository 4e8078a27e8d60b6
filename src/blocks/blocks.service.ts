import { Injectable } from '@nestjs/common';
import { type BlockedUser, ChatError, type CommandData, type CommandPayload, toWireId } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { PresenceService } from '../presence/presence.service.js';
import { type Block, BlocksRepository } from './blocks.repository.js';

/**
 * Blocks: between the two of a direct chat nobody writes while one stands, and who was blocked does not see the other's
 * presence. Users are the marketplace's: an id that nobody has can be blocked like any other, and it does no harm.
 *
 * Setting and taking back may be repeated, and are told every time, so that a caller who got no answer can make sure that
 * everybody knows.
 */
@Injectable()
export class BlocksService {
  constructor(
    private readonly repository: BlocksRepository,
    private readonly presence: PresenceService,
    private readonly delivery: Delivery,
  ) {}

  /**
   * Blocks a user; the caller's own devices are told. Who was blocked is not: where he saw the caller online, he sees him
   * go offline, as if he had left, and finds him last seen at that moment for as long as the block stands.
   *
   * @throws ChatError `VALIDATION_FAILED` for oneself
   */
  async block(callerId: string, userId: string): Promise<BlockedUser> {
    if (userId === callerId) {
      throw new ChatError('VALIDATION_FAILED', 'block user', 'userId: you cannot block yourself');
    }
    const [{ online: isSeen }, { online: wasSeen, lastSeenAt: seenAt }] = await Promise.all([
      this.presence.statusOf(callerId, callerId),
      this.presence.statusOf(userId, callerId),
    ]);
    const lastSeenAt = wasSeen ? new Date() : seenAt === null ? null : new Date(seenAt);
    const block = await this.repository.block({ blockerId: callerId, blockedId: userId }, lastSeenAt);
    this.delivery.userBlocked(callerId, userId);
    // Whoever may have been shown the caller online: this user too, though he does not see him any more where the block stood before.
    if (isSeen && block.lastSeenAt !== null) {
      this.delivery.userOffline([userId], callerId, block.lastSeenAt);
    }
    return toBlockedUser(block);
  }

  /** Takes a block back; without one, nothing changes. Who was blocked sees the caller online again, if he is. */
  async unblock(callerId: string, userId: string): Promise<void> {
    await this.repository.unblock({ blockerId: callerId, blockedId: userId });
    this.delivery.userUnblocked(callerId, userId);
    if ((await this.presence.statusOf(userId, callerId)).online) {
      this.delivery.userOnline([userId], callerId);
    }
  }

  /** One page of the users whom the caller has blocked. */
  async list(
    callerId: string,
    { afterUserId, limit }: CommandPayload<'users:blocked'>,
  ): Promise<CommandData<'users:blocked'>> {
    const blocks = await this.repository.list(callerId, afterUserId, limit + 1);
    return { users: blocks.slice(0, limit).map(toBlockedUser), hasMore: blocks.length > limit };
  }
}

function toBlockedUser({ userId, blockedAt }: Block): BlockedUser {
  return { userId: toWireId(userId), blockedAt: blockedAt.toISOString() };
}
