import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import type { CommandData, CommandPayload, InboxPage } from '../contract/index.js';
import { PresenceService } from '../presence/presence.service.js';
import { ProfilesService } from '../profiles/profiles.service.js';
import { InboxRepository } from './inbox.repository.js';
import { formatCursor, parseCursor } from './inbox-cursor.js';
import { toWireInboxChat } from './inbox-row.js';

/** Looking at fewer read chats costs less than noting that they are read. */
const WORTH_SETTLING = 50;
/** Bounds how long one statement keeps chats locked. */
const SETTLED_AT_ONCE = 500;

/** A user's chats. Both use cases read what is the caller's own, so there is nothing else to authorise. */
@Injectable()
export class InboxService implements OnModuleDestroy {
  private readonly logger = new Logger(InboxService.name);
  private readonly settling = new OneInFlight<string>({
    handle: (userIds) => this.settleAll(new Set(userIds)),
    onBug: (error) =>
      this.logger.warn({ err: error }, 'read chats not noted as such; the next count looks at them again'),
  });

  constructor(
    private readonly repository: InboxRepository,
    private readonly presence: PresenceService,
    private readonly profiles: ProfilesService,
  ) {}

  /** The database closes after this. */
  async onModuleDestroy(): Promise<void> {
    await this.settling.idle();
  }

  /** @throws ChatError `VALIDATION_FAILED` for a cursor that is none, or not of this list of the caller's */
  async list(userId: string, { cursor, limit, archived }: CommandPayload<'chat:list'>): Promise<InboxPage> {
    const folder = archived ? 'archive' : 'inbox';
    const after = typeof cursor === 'string' ? parseCursor(cursor, { userId, folder }, 'list chats') : null;
    // One row more tells whether there is another page.
    const rows = await this.repository.page(userId, { folder, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const peers = shown.flatMap(({ peer }) => peer ?? []);
    const online = await this.presence.onlineAmong(peers.map((peer) => peer.userId));
    const chats = shown.map((row) => toWireInboxChat(userId, row, online));
    return {
      chats,
      senders: await this.profiles.sendersOf(
        chats.flatMap(({ lastMessage }) => lastMessage ?? []),
        new Map(peers.map((peer) => [peer.userId, peer.profile])),
      ),
      nextCursor: rows.length > limit && last !== undefined ? formatCursor(last.position, { userId, folder }) : null,
    };
  }

  /** Counts what is unread in the inbox; archived, hidden and muted chats do not call for attention. */
  async unreadCount(userId: string): Promise<CommandData<'chat:unread-count'>> {
    const { unreadCount, unreadChats, settleable } = await this.repository.unread(userId);
    if (settleable >= WORTH_SETTLING) {
      this.settling.add(userId);
    }
    return { unreadCount, unreadChats };
  }

  private async settleAll(userIds: ReadonlySet<string>): Promise<void> {
    for (const userId of userIds) {
      let settled: number;
      do {
        settled = await this.repository.settle(userId, SETTLED_AT_ONCE);
      } while (settled === SETTLED_AT_ONCE);
    }
  }
}
