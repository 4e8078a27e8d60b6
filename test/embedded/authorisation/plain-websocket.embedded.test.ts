import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Delivery } from '../../../src/delivery/delivery.js';
import { type MembersView, membersView } from '../../support/authorisation/members-view.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { newUserId, UNLIMITED } from '../../support/chats/participants.js';
import { GuardedGroup } from '../../support/dialects/guarded-group.js';
import { outsiderAttempts } from '../../support/dialects/outsider-phrases.js';
import { PlainClient } from '../../support/raw-websocket/plain-client.js';

describe('over a plain WebSocket', () => {
  let chat: TestChat;
  let group: GuardedGroup;
  let seen: MembersView;

  beforeAll(async () => {
    // The integers of chats are shared by all dialects that have some.
    chat = await TestChat.start({ env: { ...UNLIMITED, DIALECTS: 'plain-websocket,conversations' } });
    group = await GuardedGroup.open(chat);
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(async () => {
    group.close();
    await chat.stop();
  });

  const everyFrame = () =>
    group
      .aims('plain-websocket')
      .flatMap(({ ofMembers }) =>
        Object.entries(outsiderAttempts('plain-websocket')).flatMap(([type, attempts]) =>
          attempts(ofMembers).map(({ said }): object => ({ type, ...(said as object) })),
        ),
      );

  /** Somebody who was taken out of the group. */
  async function formerMember(): Promise<number> {
    const userId = newUserId();
    await group.change('add', userId);
    await group.change('remove', userId);
    return userId;
  }

  it.each([
    { who: 'a stranger', userIdOf: async () => newUserId() },
    { who: 'a former member', userIdOf: formerMember },
  ])('$who comes into the group no more than into one that is none, and says nothing there', async ({ userIdOf }) => {
    const userId = await userIdOf();
    seen = await membersView(group.members);
    const answers: unknown[] = [];
    for (const { ofMembers, ofNobody } of group.aims('plain-websocket')) {
      for (const { chat: name } of [ofMembers, ofNobody]) {
        const client = PlainClient.visit(chat, name, { userId });
        client.socket.once('open', () => everyFrame().map((frame) => client.send(frame)));
        await client.closed();
        answers.push({ ended: client.ended, frames: client.frames });
      }
    }

    const refused = { ended: { code: 4403, reason: 'unable to join chat; no chat of yours has this id' }, frames: [] };
    expect(answers).toEqual([refused, refused, refused, refused]);
    expect(await membersView(group.members)).toEqual(seen);
  });

  it.each(Object.entries(outsiderAttempts('plain-websocket')))(
    'a former member whom nothing has closed out yet says %s in vain',
    async (type, attempts) => {
      const said = new Set(group.aims('plain-websocket').flatMap(({ ofMembers }) => attempts(ofMembers)));
      for (const attempt of said) {
        const userId = newUserId();
        await group.change('add', userId);
        const client = await PlainClient.connect(chat, group.number, { userId });
        await group.hasSeen(userId);
        vi.spyOn(Delivery.prototype, 'memberRemoved').mockImplementation(() => undefined);
        vi.spyOn(Delivery.prototype, 'memberLeftBehind').mockImplementation(() => undefined);
        await group.change('remove', userId);
        seen = await membersView(group.members);
        const before = client.frames.length;

        client.send({ type, ...(attempt.said as object) });

        if (typeof attempt.answer === 'string') {
          expect(await client.closed()).toBe(4403);
          expect(client.frames.slice(before)).toEqual([
            { type: 'error', message: expect.stringMatching(/^unable to [a-z ]+; no chat of yours has this id$/) },
          ]);
        } else {
          await client.barrier();
          expect(client.frames.slice(before)).toEqual(attempt.answer);
        }
        expect(await membersView(group.members)).toEqual(seen);
        expect(group.signsOf(userId)).toEqual([]);
        client.close();
        vi.restoreAllMocks();
      }
    },
  );

  it('an expired token of a member opens nothing, and what comes with it is not carried out', async () => {
    seen = await membersView(group.members);
    const token = chat.marketplace.token({ userId: group.members.sellerId, expiresInSeconds: -1 });
    const client = PlainClient.dial(chat, `/ws/chat/${group.number}/`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    client.socket.once('open', () => everyFrame().map((frame) => client.send(frame)));

    expect(await client.closed()).toBe(4401);
    expect(client.frames).toEqual([]);
    expect(await membersView(group.members)).toEqual(seen);
  });
});
