import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Delivery } from '../../src/delivery/delivery.js';
import { chatRoom } from '../../src/delivery/rooms.js';
import { TestChat } from '../support/chat/test-chat.js';
import type { TestClient } from '../support/chat/test-client.js';
import { newUserId, UNLIMITED } from '../support/chats/participants.js';
import { type ServerSockets, watchServerSockets } from '../support/chats/server-sockets.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { type GroupOfThree, groupOfThree } from '../support/groups/group-of-three.js';
import { describeWithServices } from '../support/services/test-services.js';

const ROUNDS = 30;

describeWithServices('two instances with a group', (services) => {
  let chat: TestChat;
  let servers: ServerSockets[];

  beforeAll(async () => {
    // Each watches one instance, in the order in which they start.
    servers = [watchServerSockets(), watchServerSockets()];
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        ...UNLIMITED,
      },
    });
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => chat.stop());

  /** Sends, edits, reacts, reads and types until told to stop, as busily as its answers allow. */
  function chatter(client: TestClient, chatId: string): { stop(): Promise<void> } {
    let going = true;
    const talking = (async () => {
      while (going) {
        const sent = await client.get('message:send', { chatId, text: 'on and on' });
        await Promise.all([
          client.get('message:edit', { chatId, messageId: sent.id, text: 'on and on and on' }),
          client.get('message:react', { chatId, messageId: sent.id, emoji: '👍' }),
          client.get('message:read', { chatId }),
          client.get('typing:start', { chatId }),
        ]);
      }
    })();
    return {
      stop: async () => {
        going = false;
        await talking;
      },
    };
  }

  const seqsOf = (client: TestClient, chatId: string): number[] => [
    ...[
      ...client.received('message:new'),
      ...client.received('message:updated'),
      ...client.received('message:reaction'),
    ]
      .filter((message) => message.chatId === chatId)
      .map(({ seq }) => seq),
    ...client
      .received('message:notification')
      .filter((notification) => notification.chatId === chatId)
      .map(({ message }) => message.seq),
  ];

  /** Everything that was on its way to a client when this was called has arrived when it resolves. */
  async function settle(client: TestClient, via: GroupOfThree): Promise<void> {
    for (const member of [via.owner, via.moderator]) {
      // One word from each instance, over the same links and to the same socket as everything before it.
      const end = await member.get('chat:create', { type: 'group', name: 'End', userIds: [via.memberId] });
      await client.event('chat:created', ({ id }) => id === end.id);
    }
  }

  async function removeDuringChatter(group: GroupOfThree, remover: TestClient, devices: TestClient[]): Promise<number> {
    const { chatId, owner, moderator, memberId } = group;
    const talkers = [chatter(owner, chatId), chatter(moderator, chatId)];
    for (const device of devices) {
      await vi.waitFor(() => expect(seqsOf(device, chatId).length).toBeGreaterThan(5), { timeout: 10_000 });
    }
    const { lastSeq } = await remover.get('group:remove', { chatId, userId: memberId });
    await vi.waitFor(() => expect(Math.max(...seqsOf(owner, chatId))).toBeGreaterThan(lastSeq + ROUNDS), {
      timeout: 20_000,
    });
    await Promise.all(talkers.map((talker) => talker.stop()));
    return lastSeq;
  }

  it.each([
    ['on his own instance', 'owner'],
    ['on the other instance', 'moderator'],
  ] as const)('show a member nothing from the commit of his removal on, when he is removed %s', async (_, who) => {
    const group = await groupOfThree(chat, [0, 1, 0]);
    const phone = await chat.connect(group.memberId, { instance: 1 });
    const devices = [group.member, phone];
    await phone.get('chat:join', { chatId: group.chatId });

    const lastSeq = await removeDuringChatter(group, group[who], devices);

    for (const device of devices) {
      await device.event('chat:removed');
      await settle(device, group);
      expect(Math.max(...seqsOf(device, group.chatId))).toBeLessThan(lastSeq);
    }
    // The owner's socket on the one, the moderator's on the other.
    for (const server of servers) {
      await expect.poll(() => server.inRoom(chatRoom(group.chatId)).size, { timeout: 10_000 }).toBe(1);
    }
    const { messages } = await group.owner.get('chat:history', { chatId: group.chatId, limit: 200 });
    expect(messages.find(({ seq }) => seq === lastSeq)?.system?.kind).toBe('member_removed');
  });

  it('show him nothing even while no instance has taken his sockets out of the room', async () => {
    const lost = vi.spyOn(Delivery.prototype, 'memberRemoved').mockImplementation(() => undefined);
    vi.spyOn(Delivery.prototype, 'memberLeftBehind').mockImplementation(() => undefined);
    const group = await groupOfThree(chat, [0, 1, 0]);
    const { chatId, owner, moderator, member, memberId } = group;
    const phone = await chat.connect(memberId, { instance: 1 });
    await phone.get('chat:join', { chatId });

    const lastSeq = await removeDuringChatter(group, moderator, [member, phone]);

    expect(lost).toHaveBeenCalledOnce();
    for (const device of [member, phone]) {
      await settle(device, group);
      const heard = device.log.length;
      for (const talker of [owner, moderator]) {
        const { id: messageId } = await talker.get('message:send', { chatId, text: 'still nothing?' });
        await talker.get('message:react', { chatId, messageId, emoji: '👍' });
        await talker.get('message:delete', { chatId, messageId });
        await talker.get('typing:start', { chatId });
        await talker.get('typing:stop', { chatId });
        await talker.get('message:read', { chatId });
      }
      await settle(device, group);
      expect(Math.max(...seqsOf(device, chatId))).toBeLessThan(lastSeq);
      expect(device.log.slice(heard).filter(({ payload }) => JSON.stringify(payload).includes(chatId))).toEqual([]);
    }
  });

  it('show a new member everything from the commit of his coming on', async () => {
    const { chatId, owner, moderator } = await groupOfThree(chat, [0, 1, 0]);
    const newcomerId = newUserId();
    const devices = [await chat.connect(newcomerId), await chat.connect(newcomerId, { instance: 1 })];
    const talkers = [chatter(owner, chatId), chatter(moderator, chatId)];

    const { lastSeq } = await moderator.get('group:add', { chatId, userIds: [newcomerId] });

    for (const device of devices) {
      expect(await device.event('chat:created')).toMatchObject({ id: chatId, lastSeq });
    }
    await Promise.all(talkers.map((talker) => talker.stop()));
    const [{ seq: end } = { seq: 0 }] = (await owner.get('chat:history', { chatId, limit: 1 })).messages;
    const expected = Array.from({ length: end - lastSeq + 1 }, (_, index) => lastSeq + index);
    for (const device of devices) {
      await vi.waitFor(
        () =>
          expect(
            device
              .received('message:notification')
              .map(({ message }) => message.seq)
              .toSorted((a, b) => a - b),
          ).toEqual(expected),
        { timeout: 10_000 },
      );
    }
  });

  it('keep the order of a chat on each instance while its members change', async () => {
    const { chatId, owner, moderator, member } = await groupOfThree(chat, [0, 1, 0]);
    const changing = (async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const userId = newUserId();
        await moderator.get('group:add', { chatId, userIds: [userId] });
        await moderator.get('group:remove', { chatId, userId });
      }
    })();
    const sent: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await Promise.all(
        [1, 2, 3].map((n) => owner.get('message:send', { chatId, text: `${round}.${n}` })),
      );
      sent.push(...answers.map(({ seq }) => seq));
    }
    await changing;

    const ofOwner = () => member.received('message:new').filter(({ type }) => type === 'text');
    await vi.waitFor(() => expect(ofOwner()).toHaveLength(3 * ROUNDS), { timeout: 10_000 });
    expect(ofOwner().map(({ seq }) => seq)).toEqual(sent);
  });
});
