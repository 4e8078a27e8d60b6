import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import type { Message as WireMessage } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { ChatAudience } from '../members/chat-audience.js';
import { type ChatMembers, MembersRepository, type Receiver } from '../members/members.repository.js';
import { Membership } from '../members/membership.js';
import { toUserProfile } from '../profiles/profile.js';
import { type StoredMessage, toWireMessage } from './message.js';

/** After an outage of the database the members of many chats sync; over this time they do not all come at once. */
const SYNC_SPREAD_MS = 2_000;

/** Messages that may wait for their notification. Beyond it the members are told to sync instead, once for each chat. */
const NOTICES_LIMIT = 10_000;

interface Notice {
  wire: WireMessage;
  senderId: string;
  membersVersion: number;
}

/** Shows a committed message: at once to who joined the chat, as a notification to who did not. */
@Injectable()
export class MessageAnnouncer {
  private readonly logger = new Logger(MessageAnnouncer.name);
  private readonly notices = new OneInFlight<Notice>({
    handle: (batch) => this.notifyAll(batch).catch((error: unknown) => this.notifyLater(batch, error)),
    onBug: (error) => this.logger.error({ err: error }, 'notifications lost'),
  });
  /** Chats of which a message may have been stored without being shown, each with the time over which its members sync. */
  private readonly unrepaired = new Map<string, number>();
  private readonly repairs = new OneInFlight<string>({
    handle: (chatIds) => this.repairAll(this.takeUnrepaired(chatIds)),
    onBug: (error) => this.logger.error({ err: error }, 'members not told to sync'),
  });

  /** Messages that this instance has shown. */
  private readonly announced = new LRUCache<string, true>({ max: 10_000 });
  /**
   * What was edited or deleted lately, as it stands now. A notification that still waits for the members would show a
   * device that connected meanwhile what nobody is to see any more.
   */
  private readonly changed = new LRUCache<string, WireMessage>({ max: 1_000 });

  constructor(
    private readonly delivery: Delivery,
    private readonly membership: Membership,
    private readonly members: MembersRepository,
    private readonly audience: ChatAudience,
  ) {}

  announce(message: StoredMessage, membersVersion: number): WireMessage {
    const wire = toWireMessage(message);
    this.announced.set(message.id, true);
    this.audience.address(
      wire.chatId,
      membersVersion,
      (removed) => this.delivery.messageNew(wire, removed),
      () => this.askToSync(wire.chatId),
    );
    const notice = { wire, senderId: message.senderId, membersVersion };
    const recipients = this.recipients(notice);
    if (recipients === null || recipients.length > 0) {
      this.notify(notice);
    }
    return wire;
  }

  /**
   * A send turned out to repeat a stored message. Whoever stored it may have died, or given up, before it was shown; then
   * the members are told to sync. It is not shown again: clients that know nothing of retries would see it twice.
   */
  repeated(message: StoredMessage): void {
    if (!this.announced.has(message.id)) {
      this.announced.set(message.id, true);
      this.repair(message.chatId, 0);
    }
  }

  /** To who joined the chat; the others see the change with their next sync. */
  updated(message: WireMessage, membersVersion: number): void {
    this.changed.set(message.id, message);
    this.audience.address(
      message.chatId,
      membersVersion,
      (removed) => this.delivery.messageUpdated(message, removed),
      () => this.askToSync(message.chatId),
    );
  }

  deleted(message: WireMessage, membersVersion: number): void {
    this.changed.set(message.id, message);
    this.audience.address(
      message.chatId,
      membersVersion,
      (removed) => this.delivery.messageDeleted(message, removed),
      () => this.askToSync(message.chatId),
    );
  }

  /** @param reaction what was added to the message, or taken off it, and by whom */
  reacted(
    message: WireMessage,
    reaction: { userId: string; emoji: string; added: boolean },
    membersVersion: number,
  ): void {
    this.audience.address(
      message.chatId,
      membersVersion,
      (removed) => this.delivery.messageReaction(message, reaction, removed),
      () => this.askToSync(message.chatId),
    );
  }

  /** Asks the members of a chat to look for messages that nobody could announce. */
  askToSync(chatId: string): void {
    this.repair(chatId, SYNC_SPREAD_MS);
  }

  /** Resolves when no event and no notification is on its way any more. */
  async idle(): Promise<void> {
    await this.audience.idle();
    await this.notices.idle();
    await this.repairs.idle();
  }

  /** The other members who may have sockets outside the chat; `null` when the members are not in memory. */
  private recipients({ wire, senderId, membersVersion }: Notice): string[] | null {
    const members = this.membership.recall(wire.chatId, membersVersion);
    return (
      members?.userIds.filter((id) => id !== senderId && this.delivery.mayHaveUnjoinedSockets(id, wire.chatId)) ?? null
    );
  }

  private notifyLater(notices: readonly Notice[], error: unknown): void {
    this.logger.warn({ err: error }, 'notifications not sent; the members are told to sync');
    for (const { wire } of notices) {
      this.repair(wire.chatId, SYNC_SPREAD_MS);
    }
  }

  /** While the database hangs, messages of before may be shown faster than their notifications leave. */
  private notify(notice: Notice): void {
    if (this.notices.size < NOTICES_LIMIT) {
      this.notices.add(notice);
    } else {
      this.repair(notice.wire.chatId, SYNC_SPREAD_MS);
    }
  }

  /** A chat waits once, however often it is asked for; the most urgent request counts. */
  private repair(chatId: string, spreadMs: number): void {
    const waiting = this.unrepaired.get(chatId);
    this.unrepaired.set(chatId, Math.min(spreadMs, waiting ?? spreadMs));
    if (waiting === undefined) {
      this.repairs.add(chatId);
    }
  }

  private takeUnrepaired(chatIds: readonly string[]): Map<string, number> {
    return new Map(
      chatIds.map((chatId) => {
        const spreadMs = this.unrepaired.get(chatId) ?? SYNC_SPREAD_MS;
        this.unrepaired.delete(chatId);
        return [chatId, spreadMs];
      }),
    );
  }

  private async repairAll(repairs: ReadonlyMap<string, number>): Promise<void> {
    let members: ReadonlyMap<string, ChatMembers> = new Map();
    try {
      members = await this.membership.load([...repairs.keys()]);
    } catch (error) {
      this.logger.warn({ err: error }, 'members out of reach; only those who joined the chats are told to sync');
    }
    for (const [chatId, spreadMs] of repairs) {
      const { userIds = [], removed = [] } = members.get(chatId) ?? {};
      this.delivery.chatSyncRequired(chatId, userIds, removed, spreadMs);
    }
  }

  private async notifyAll(notices: readonly Notice[]): Promise<void> {
    const unknown = notices.filter((notice) => this.recipients(notice) === null);
    if (unknown.length > 0) {
      await this.membership.load([...new Set(unknown.map(({ wire }) => wire.chatId))]);
    }
    const addressed = notices.flatMap((notice) =>
      (this.recipients(notice) ?? []).map((userId) => ({
        wire: notice.wire,
        receiver: { chatId: notice.wire.chatId, userId, senderId: notice.senderId },
      })),
    );
    if (addressed.length === 0) {
      return;
    }
    const receivers = new Map(addressed.map(({ receiver }) => [keyOf(receiver), receiver]));
    const states = await this.members.receiverStates([...receivers.values()]);
    const stateOf = new Map(states.map((state) => [keyOf(state), state]));
    for (const { wire, receiver } of addressed) {
      const state = stateOf.get(keyOf(receiver));
      const message = this.changed.get(wire.id) ?? wire;
      if (state !== undefined && message.deletedAt === null) {
        this.delivery.messageNotification(receiver.userId, {
          chatId: wire.chatId,
          message,
          sender: toUserProfile(receiver.senderId, state.senderProfile),
          // Counted up to this message, so that notifications that leave together count up one by one.
          unreadCount: Math.max(0, wire.seq - state.lastReadSeq),
          muted: state.muted,
        });
      }
    }
  }
}

function keyOf({ chatId, userId, senderId }: Receiver): string {
  return `${chatId}:${userId}:${senderId}`;
}
