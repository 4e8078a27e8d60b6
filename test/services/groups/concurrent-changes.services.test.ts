import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChatError, GroupRole } from '../../../src/contract/index.js';
import { judgeAdd, judgeLeave, judgeRemove } from '../../../src/groups/group-rules.js';
import { EVERYTHING } from '../../../src/receipts/marks.js';
import { ReceiptsRepository } from '../../../src/receipts/receipts.repository.js';
import { StoredGroups } from '../../support/groups/stored-groups.js';
import { draftOf, MessageStore, upTo } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

const LIMIT = 20;

describeWithServices('instances that change a group at the same time', (services) => {
  let nodes: [StoredGroups, StoredGroups];

  beforeAll(async () => {
    const { url } = await services.freshDatabase();
    nodes = [
      new StoredGroups(await MessageStore.postgres(url, 4)),
      new StoredGroups(await MessageStore.postgres(url, 4)),
    ];
  });
  afterAll(() => Promise.all(nodes.map(({ store }) => store.close())));

  /** On both instances: each of their connections has its own run of `work`. */
  function everywhere<T>(work: (node: StoredGroups, worker: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
    return Promise.allSettled(upTo(8).map((worker) => work(nodes[worker % 2 === 0 ? 0 : 1], worker)));
  }

  async function rolesIn(chatId: string): Promise<Map<string, string>> {
    const members = await nodes[0].store.members.list(chatId, 'owner');
    return new Map(members.map(({ userId, role }) => [userId, role]));
  }

  it('fill it up to its limit and not beyond, and those who came too late are told so', async () => {
    const chatId = await nodes[0].open([{ userId: 'owner', role: 'owner' }]);

    const outcomes = await everywhere(async ({ repository }, worker) => {
      for (const round of upTo(5)) {
        await repository.change(chatId, 'owner', (group) => judgeAdd(group, 'owner', [`${worker}-${round}`], LIMIT));
      }
    });

    expect((await rolesIn(chatId)).size).toBe(LIMIT);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(new Set(refusals)).toEqual(new Set(['GROUP_FULL']));
    const told = await nodes[1].store.all(chatId);
    expect(told.map(({ seq }) => seq)).toEqual(upTo(LIMIT));
    const [, found] = [...(await nodes[0].store.members.membersOf([chatId]))][0] ?? [];
    expect(found?.version).toBe(LIMIT);
  });

  it('add one user once, however often he is added', async () => {
    const chatId = await nodes[0].open([{ userId: 'owner', role: 'owner' }]);

    const outcomes = await everywhere(({ repository }) =>
      repository.change(chatId, 'owner', (group) => judgeAdd(group, 'owner', ['new'], LIMIT)),
    );

    const done = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value?.done : outcome.reason));
    expect(done.filter((change) => change !== null)).toHaveLength(1);
    expect(await rolesIn(chatId)).toEqual(
      new Map([
        ['owner', 'owner'],
        ['new', 'member'],
      ]),
    );
    expect(await nodes[0].store.all(chatId)).toHaveLength(2);
  });

  it('never leave it without an owner, when its last owners leave together', async () => {
    for (const round of upTo(10)) {
      const owners = upTo(4).map((n) => ({ userId: `${round}-owner-${n}`, role: 'owner' as GroupRole }));
      const heir = { userId: `${round}-heir`, role: 'member' as GroupRole };
      const chatId = await nodes[0].open([...owners, heir]);

      const outcomes = await Promise.allSettled(
        owners.map(({ userId }, index) =>
          nodes[index % 2 === 0 ? 0 : 1].repository.change(chatId, userId, (group) => judgeLeave(group, userId)),
        ),
      );

      expect(outcomes.map(({ status }) => status)).toEqual(owners.map(() => 'fulfilled'));
      expect(await rolesIn(chatId)).toEqual(new Map([[heir.userId, 'owner']]));
      const heirs = (await nodes[0].store.all(chatId)).flatMap(({ system }) =>
        system?.kind === 'member_left' && system.newOwnerId !== null ? [system.newOwnerId] : [],
      );
      expect(heirs).toEqual([heir.userId]);
    }
  });

  it('let nobody write who was removed before, and deadlock with no batch and no receipt', async () => {
    const members = upTo(6).map((n) => ({ userId: `user-${n}`, role: 'member' as GroupRole }));
    const chatId = await nodes[0].open([{ userId: 'owner', role: 'owner' }, ...members]);
    const all = members.map(({ userId }) => ({ chatId, userId, readSeq: EVERYTHING, deliveredSeq: EVERYTHING }));

    // Nothing here retries: a deadlock in any of these statements fails the test.
    const outcomes = await everywhere(async ({ repository, store }, worker) => {
      for (const round of upTo(12)) {
        const userId = `user-${(round % members.length) + 1}`;
        if (worker <= 3) {
          await repository.change(chatId, 'owner', (group) =>
            group.members.some((member) => member.userId === userId)
              ? judgeRemove(group, 'owner', userId)
              : judgeAdd(group, 'owner', [userId], LIMIT),
          );
        } else if (worker <= 6) {
          await store.messages.append(
            members.map((member) => draftOf({ chatId, buyerId: member.userId, sellerId: 'owner' })),
          );
        } else {
          await new ReceiptsRepository(store.db).advance(worker === 7 ? all : all.toReversed());
        }
      }
    });

    expect(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as ChatError).message : 'done')),
    ).toEqual(outcomes.map(() => 'done'));
    const rows = await nodes[0].store.all(chatId);
    expect(rows.map(({ seq }) => seq)).toEqual(upTo(rows.length));
    const inside = new Set(['owner']);
    for (const { type, sender_id: senderId, system } of rows) {
      if (system?.kind === 'members_added') {
        inside.add(String(system.userIds[0]));
      } else if (system?.kind === 'member_removed') {
        inside.delete(String(system.userId));
      } else if (type === 'text') {
        expect(inside).toContain(senderId);
      }
    }
  });
});
