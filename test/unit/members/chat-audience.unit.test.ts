import { describe, expect, it, vi } from 'vitest';
import { ChatAudience } from '../../../src/members/chat-audience.js';
import type { ChatMembers, MembersRepository } from '../../../src/members/members.repository.js';
import { Membership } from '../../../src/members/membership.js';

interface Look {
  chatIds: readonly string[];
  answer(members: Record<string, ChatMembers>): void;
  fail(): void;
}

/** An audience over a database whose every answer the test gives; notes what was emitted past whom. */
class ControlledAudience {
  readonly looks: Look[] = [];
  readonly emitted: string[] = [];
  readonly membership: Membership;
  private readonly audience: ChatAudience;

  constructor() {
    const membersOf = (chatIds: readonly string[]): Promise<Map<string, ChatMembers>> =>
      new Promise((resolve, reject) => {
        this.looks.push({
          chatIds,
          answer: (members) => resolve(new Map(Object.entries(members))),
          fail: () => reject(new Error('away')),
        });
      });
    this.membership = new Membership({ membersOf } as unknown as MembersRepository);
    this.audience = new ChatAudience(this.membership);
  }

  emit(event: string, chatId: string, version: number | null): void {
    this.audience.address(
      chatId,
      version,
      (removed) => this.emitted.push(removed.length === 0 ? event : `${event} past ${removed.join()}`),
      () => this.emitted.push(`${event} given up`),
    );
  }

  /** The nth look into the database, counted from 1, once it is made. */
  look(n: number): Promise<Look> {
    return vi.waitFor(() => {
      const look = this.looks[n - 1];
      if (look === undefined) {
        throw new Error(`the audience looked ${this.looks.length} times so far, not ${n}`);
      }
      return look;
    });
  }

  idle(): Promise<void> {
    return this.audience.idle();
  }
}

function group(version: number, ...removed: string[]): ChatMembers {
  return { type: 'group', version, userIds: ['ann', 'bob'], removed };
}

describe('an event for a chat', () => {
  it('whose members never changed is emitted at once, and costs nothing', async () => {
    const audience = new ControlledAudience();
    audience.emit('a', 'direct', 1);
    expect(audience.emitted).toEqual(['a']);
    await audience.idle();
    expect(audience.looks).toEqual([]);
  });

  it('that is known to be direct is emitted at once, also where nothing is written', () => {
    const audience = new ControlledAudience();
    audience.membership.rememberDirect('direct');
    audience.emit('typing', 'direct', null);
    expect(audience.emitted).toEqual(['typing']);
  });

  it('whose members are in memory is emitted at once, past those who were removed', () => {
    const audience = new ControlledAudience();
    audience.membership.remember('group', group(3, 'cid'));
    audience.emit('a', 'group', 2);
    audience.emit('b', 'group', 3);
    expect(audience.emitted).toEqual(['a past cid', 'b past cid']);
  });

  it('whose members have changed since they were read waits until they are read again', async () => {
    const audience = new ControlledAudience();
    audience.membership.remember('group', group(2));
    audience.emit('a', 'group', 3);
    expect(audience.emitted).toEqual([]);

    (await audience.look(1)).answer({ group: group(3, 'cid') });
    await audience.idle();

    expect(audience.emitted).toEqual(['a past cid']);
  });

  it('keeps its place behind those that wait, also when it would need to wait no longer itself', async () => {
    const audience = new ControlledAudience();
    audience.emit('a', 'group', 2);
    const look = await audience.look(1);
    audience.emit('b', 'group', 2);
    audience.membership.remember('group', group(2, 'cid'));
    audience.emit('c', 'group', 2);
    expect(audience.emitted).toEqual([]);

    look.answer({ group: group(2, 'cid') });
    await audience.idle();

    expect(audience.emitted).toEqual(['a past cid', 'b past cid', 'c past cid']);
    expect(audience.looks).toHaveLength(1);
  });

  it('that is younger than the look under way waits for the next', async () => {
    const audience = new ControlledAudience();
    audience.emit('a', 'group', 2);
    const first = await audience.look(1);
    audience.emit('b', 'group', 3);
    audience.emit('typing', 'group', null);
    audience.emit('c', 'group', 2);

    first.answer({ group: group(2) });
    (await audience.look(2)).answer({ group: group(3, 'cid') });
    await audience.idle();

    expect(audience.emitted).toEqual(['a', 'b past cid', 'typing past cid', 'c past cid']);
  });

  it('does not hold up the events of other chats', async () => {
    const audience = new ControlledAudience();
    audience.emit('a', 'one', 2);
    await audience.look(1);
    audience.membership.remember('other', group(2, 'cid'));
    audience.emit('b', 'other', 2);
    expect(audience.emitted).toEqual(['b past cid']);
  });

  it('is given up when the members cannot be read, and what comes after it looks again', async () => {
    const audience = new ControlledAudience();
    audience.emit('a', 'group', 2);
    (await audience.look(1)).fail();
    await audience.idle();
    expect(audience.emitted).toEqual(['a given up']);

    audience.emit('b', 'group', 2);
    (await audience.look(2)).answer({ group: group(2, 'cid') });
    await audience.idle();
    expect(audience.emitted).toEqual(['a given up', 'b past cid']);
  });
});

describe('events that come faster than the database tells the members', () => {
  it('wait up to a limit; beyond it they are given up, and once it has told them there is room again', async () => {
    const audience = new ControlledAudience();
    audience.emit('first', 'group', 2);
    const look = await audience.look(1);
    for (let n = 2; n <= 10_000; n++) {
      audience.emit('more', n % 2 === 0 ? 'group' : 'other', 2);
    }
    expect(audience.emitted).toEqual([]);

    audience.emit('late', 'group', 2);
    audience.emit('late', 'third', 2);
    expect(audience.emitted).toEqual(['late given up', 'late given up']);

    look.answer({ group: group(2, 'cid') });
    (await audience.look(2)).answer({ other: group(2, 'cid') });
    await audience.idle();
    expect(audience.emitted.filter((line) => line === 'more past cid')).toHaveLength(9_999);
    expect(audience.looks).toHaveLength(2);

    audience.emit('next', 'third', 2);
    (await audience.look(3)).answer({ third: group(2) });
    await audience.idle();
    expect(audience.emitted.at(-1)).toBe('next');
  });
});

describe('what is known of members', () => {
  it('is never replaced by what was read earlier', async () => {
    const audience = new ControlledAudience();
    audience.emit('a', 'group', 2);
    const look = await audience.look(1);
    audience.membership.remember('group', group(3, 'cid'));
    look.answer({ group: group(2) });
    await audience.idle();
    expect(audience.membership.recall('group', 3)?.removed).toEqual(['cid']);
  });
});
