import { beforeEach, describe, expect, it } from 'vitest';
import type { EventPayload } from '../../../src/contract/index.js';
import type { Delivery } from '../../../src/delivery/delivery.js';
import { ChatAudience } from '../../../src/members/chat-audience.js';
import type { MembersRepository, Receiver, ReceiverState } from '../../../src/members/members.repository.js';
import { Membership } from '../../../src/members/membership.js';
import type { StoredMessage } from '../../../src/messages/message.js';
import { MessageAnnouncer } from '../../../src/messages/message-announcer.js';

const LIMIT = 10_000;
const BATCH = 256;

function message(chatId: string, seq: number): StoredMessage {
  return {
    id: `${chatId}-${seq}`,
    chatId,
    seq,
    rev: seq,
    senderId: '1',
    type: 'text',
    text: 'hello',
    attachments: null,
    replyTo: null,
    reactions: null,
    productId: null,
    clientMessageId: String(seq),
    createdAt: new Date(0),
    editedAt: null,
    deletedAt: null,
  };
}

/** Every chat has the members 1 and 2; what asks the database for them waits until the test says so. */
class Surroundings {
  shown = 0;
  readonly notified: string[] = [];
  readonly synced: string[] = [];
  private stalled: (() => void)[] | null = [];
  readonly announcer: MessageAnnouncer;

  constructor() {
    const members = {
      membersOf: async (chatIds: readonly string[]) => {
        await new Promise<void>((resolve) => (this.stalled === null ? resolve() : this.stalled.push(resolve)));
        const members = { type: 'direct', version: 1, userIds: ['1', '2'], removed: [] };
        return new Map(chatIds.map((chatId) => [chatId, members]));
      },
      receiverStates: async (receivers: readonly Receiver[]): Promise<ReceiverState[]> =>
        receivers.map((receiver) => ({ ...receiver, lastReadSeq: 0, muted: false, senderProfile: null })),
    } as unknown as MembersRepository;
    const delivery = {
      messageNew: () => {
        this.shown += 1;
      },
      mayHaveUnjoinedSockets: () => true,
      messageUpdated: () => undefined,
      messageDeleted: () => undefined,
      messageNotification: (_userId: string, { chatId, message }: EventPayload<'message:notification'>) =>
        this.notified.push(`${chatId} ${message.seq}${message.text === 'hello' ? '' : ` ${message.text}`}`),
      chatSyncRequired: (chatId: string, userIds: readonly string[], _removed: readonly string[], spreadMs: number) =>
        this.synced.push(`${chatId} ${userIds.join('+')} ${spreadMs}`),
    } as unknown as Delivery;
    const membership = new Membership(members);
    this.announcer = new MessageAnnouncer(delivery, membership, members, new ChatAudience(membership));
  }

  get waiting(): number {
    return this.stalled?.length ?? 0;
  }

  databaseAnswers(): void {
    for (const answer of this.stalled ?? []) {
      answer();
    }
    this.stalled = null;
  }
}

describe('notifications of messages that are stored faster than the database tells the members', () => {
  let around: Surroundings;

  beforeEach(async () => {
    around = new Surroundings();
    // Fills a batch, which then waits for the database, so that everything after it queues.
    for (let seq = 1; seq <= BATCH; seq++) {
      around.announcer.announce(message('first', seq), 1);
    }
    await expect.poll(() => around.waiting).toBe(1);
  });

  it('wait up to a limit; beyond it the members are told to sync, once for each chat', async () => {
    for (let seq = 1; seq <= LIMIT; seq++) {
      around.announcer.announce(message('busy', seq), 1);
    }
    for (let seq = 1; seq <= 5_000; seq++) {
      around.announcer.announce(message('late', seq), 1);
      around.announcer.announce(message('later', seq), 1);
    }
    around.databaseAnswers();
    await around.announcer.idle();

    expect(around.shown).toBe(BATCH + LIMIT + 10_000);
    expect(around.notified).toHaveLength(BATCH + LIMIT);
    expect(around.notified.filter((line) => line.startsWith('late'))).toEqual([]);
    // Both are asked for in two batches at most: one that was under way, and one of all that came meanwhile.
    expect([...new Set(around.synced)].toSorted()).toEqual(['late 1+2 2000', 'later 1+2 2000']);
    expect(around.synced.length).toBeLessThanOrEqual(4);
  });

  it('leave again as usual once the database has caught up', async () => {
    around.databaseAnswers();
    await around.announcer.idle();
    around.announcer.announce(message('next', 1), 1);
    await around.announcer.idle();

    expect(around.notified.at(-1)).toBe('next 1');
    expect(around.synced).toEqual([]);
  });

  it('show a message as it stands when they leave, and none that was deleted meanwhile', async () => {
    const edited = around.announcer.announce(message('chat', 1), 1);
    const deleted = around.announcer.announce(message('chat', 2), 1);
    around.announcer.announce(message('chat', 3), 1);

    around.announcer.updated({ ...edited, text: 'good evening', rev: 4 }, 1);
    around.announcer.deleted({ ...deleted, text: '', rev: 5, deletedAt: new Date(1).toISOString() }, 1);
    around.databaseAnswers();
    await around.announcer.idle();

    expect(around.notified.filter((line) => line.startsWith('chat'))).toEqual(['chat 1 good evening', 'chat 3']);
  });

  it('that are replaced by a sync do not slow down one that is urgent', async () => {
    around.announcer.askToSync('chat');
    around.announcer.repeated(message('chat', 1));
    around.announcer.askToSync('chat');
    around.databaseAnswers();
    await around.announcer.idle();

    expect(around.synced).toEqual(['chat 1+2 0']);
  });
});
