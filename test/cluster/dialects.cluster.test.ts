import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { CANONICAL, dialectNames } from '../../src/dialects/catalogue.js';
import { watchSessionCuts } from '../support/auth/session-cut-controls.js';
import { TestChat } from '../support/chat/test-chat.js';
import type { TestClient } from '../support/chat/test-client.js';
import { createGroup, newUserId, UNLIMITED } from '../support/chats/participants.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { PATIENCE, Voice } from '../support/dialects/voice.js';
import type { Tongue } from '../support/dialects/wordings.js';
import { describeWithServices } from '../support/services/test-services.js';

const tongues: readonly Tongue[] = [CANONICAL, ...dialectNames];

describeWithServices('a chat with a client of every dialect on two instances', (services) => {
  const cutter = watchSessionCuts();
  let chat: TestChat;
  let voices: Voice[] = [];

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        DIALECTS: dialectNames.join(','),
        ...UNLIMITED,
      },
    });
  });
  afterEach(() => {
    for (const voice of voices) {
      voice.close();
    }
  });
  afterAll(() => chat.stop());

  /** The owner's group, he himself on both instances without having joined it, and every tongue in it. */
  async function gather(userIdOf: (index: number) => number = newUserId): Promise<{
    chatId: string;
    owners: readonly [TestClient, TestClient];
  }> {
    const ownerId = newUserId();
    const owners = [await chat.connect(ownerId), await chat.connect(ownerId, { instance: 1 })] as const;
    const userIds = tongues.map((_, index) => userIdOf(index));
    const chatId = await createGroup(owners[0], [...new Set(userIds)]);
    voices = await Promise.all(
      tongues.map((tongue, index) =>
        Voice.join(chat, tongue, { userId: userIds[index] ?? 0, instance: index % 2, chatId }),
      ),
    );
    return { chatId, owners };
  }

  function voiceOf(tongue: Tongue): Voice {
    const found = voices.find((voice) => voice.tongue === tongue);
    if (found === undefined) {
      throw new Error(`nobody speaks ${tongue}`);
    }
    return found;
  }

  /** What is asserted of several voices fails with the name of the one it fails for. */
  function each<T>(of: readonly Voice[], look: (voice: Voice) => T): Record<string, T> {
    return Object.fromEntries(of.map((voice) => [voice.tongue, look(voice)]));
  }

  it('is one conversation: all hear what each says in its own words, in one order', async () => {
    await gather();
    const said = voices.flatMap(({ tongue }) => [1, 2, 3].map((n) => `${n} in ${tongue}`));
    for (const n of [1, 2, 3]) {
      for (const voice of voices) {
        voice.say(`${n} in ${voice.tongue}`);
      }
    }

    await expect
      .poll(() => each(voices, (voice) => voice.messages().length), PATIENCE)
      .toEqual(each(voices, () => said.length));

    const conversation = voiceOf(CANONICAL).inOrder();
    expect(each(voices, (voice) => voice.inOrder())).toEqual(each(voices, () => conversation));
    expect(conversation.map(({ text }) => text).toSorted()).toEqual(said.toSorted());
    const first = conversation[0]?.seq ?? 0;
    expect(conversation.map(({ seq }) => seq)).toEqual(said.map((_, index) => first + index));
    for (const instance of [0, 1]) {
      const [one, ...others] = voices.filter(({ seat }) => seat.instance === instance);
      expect(each(others, (voice) => voice.messages())).toEqual(each(others, () => one?.messages()));
    }
  });

  it('shows who types to all but himself', async () => {
    await gather();
    for (const typist of voices) {
      const others = voices.filter((voice) => voice !== typist);
      for (const isTyping of [true, false]) {
        typist.type(isTyping);
        await expect
          .poll(() => each(others, (voice) => voice.typingOf(typist.userId).at(-1)), PATIENCE)
          .toEqual(each(others, () => isTyping));
      }
      expect(each(voices, (voice) => voice.typingOf(typist.userId))).toEqual(
        each(voices, (voice) => (voice === typist ? [] : [true, false])),
      );
    }
  });

  it('shows who has read to all whose dialect has receipts', async () => {
    await gather();
    voiceOf('live').say('read me');
    await expect.poll(() => each(voices, (voice) => voice.messages().length), PATIENCE).toEqual(each(voices, () => 1));
    const readers = voices.filter(({ hasReceipts }) => hasReceipts);
    for (const reader of readers) {
      reader.read();
    }
    const othersWhoRead = (voice: Voice) =>
      [...new Set(voice.readers())].filter((userId) => userId !== voice.userId).toSorted();

    await expect
      .poll(() => each(readers, othersWhoRead), PATIENCE)
      .toEqual(
        each(readers, (voice) =>
          readers
            .filter((reader) => reader !== voice)
            .map(({ userId }) => userId)
            .toSorted(),
        ),
      );
  });

  it('shows to all what a client of the contract edits and deletes', async () => {
    const { chatId } = await gather();
    const { userId } = voiceOf(CANONICAL);
    const editor = await chat.connect(userId, { instance: 1 });
    const { id: messageId, seq } = await editor.get('message:send', { chatId, text: 'It is sold' });

    await editor.get('message:edit', { chatId, messageId, text: 'It is not sold' });
    await expect
      .poll(() => each(voices, (voice) => voice.edited()), PATIENCE)
      .toEqual(each(voices, () => [{ seq, text: 'It is not sold' }]));

    await editor.get('message:delete', { chatId, messageId });
    await expect
      .poll(
        () => each(voices, (voice) => voice.deleted().map((found) => found === messageId || found === seq)),
        PATIENCE,
      )
      .toEqual(each(voices, () => [true]));
  });

  it.each(
    tongues.flatMap((tongue) => [
      { tongue, where: 'one' as const, index: 0 as const },
      { tongue, where: 'the other' as const, index: 1 as const },
    ]),
  )(
    'is silent for a client of $tongue from the removal of its user on $where instance on',
    async ({ tongue, index }) => {
      const { chatId, owners } = await gather();
      const removed = voiceOf(tongue);
      const others = voices.filter((voice) => voice !== removed);

      await owners[index].get('group:remove', { chatId, userId: removed.userId });
      for (const owner of owners) {
        await owner.get('message:send', { chatId, text: 'among ourselves' });
      }
      for (const voice of others) {
        voice.say('among ourselves too');
        voice.type(true);
      }
      const amongOthers = (voice: Voice) =>
        voice.messages().filter(({ text }) => String(text).startsWith('among ourselves')).length;
      await expect
        .poll(() => each(others, amongOthers), PATIENCE)
        .toEqual(each(others, () => owners.length + others.length));
      await removed.isRemoved();
      await hasHeardAll(removed, owners);

      const words = JSON.stringify(removed.heard());
      expect(words).not.toContain('among ourselves');
      for (const { userId } of others) {
        expect(removed.typingOf(userId)).toEqual([]);
      }
      await saysInVain(removed, owners[index], chatId);
    },
  );

  /** What was on its way to a client when this was called has come when it resolves: one word more from each instance. */
  async function hasHeardAll(voice: Voice, owners: readonly TestClient[]): Promise<void> {
    for (const [instance, owner] of owners.entries()) {
      if (voice.isOpen) {
        const name = `the end from ${instance}`;
        await owner.get('chat:create', { type: 'group', name, userIds: [voice.userId] });
        await expect.poll(() => JSON.stringify(voice.heard()), PATIENCE).toContain(name);
      }
    }
  }

  async function saysInVain(voice: Voice, owner: TestClient, chatId: string): Promise<void> {
    const before = await owner.get('chat:get', { chatId });
    voice.say('let me in');
    if (voice.isOpen) {
      await expect.poll(() => JSON.stringify(voice.heard()), PATIENCE).toContain('CHAT_NOT_FOUND');
    }
    expect((await owner.get('chat:get', { chatId })).messages).toEqual(before.messages);
  }

  it.each([0, 1])('closes every client of a user whose sessions are cut on instance %i', async (instance) => {
    const userId = newUserId();
    const { chatId, owners } = await gather(() => userId);
    expect(each(voices, ({ isOpen }) => isOpen)).toEqual(each(voices, () => true));

    await cutter(instance).cut(String(userId));
    await owners[1 - instance]?.get('message:send', { chatId, text: 'not for who was cut off' });

    for (const voice of voices) {
      await voice.isCut();
    }
    expect(JSON.stringify(voices.map((voice) => voice.heard()))).not.toContain('not for who was cut off');
  });
});
