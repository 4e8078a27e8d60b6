import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { newUserId } from '../../support/chats/participants.js';
import { DialectClient } from '../../support/dialects/dialect-client.js';
import { DocumentedPage } from './seed/documented-scripts.js';
import * as documented from './seed/rooms-snippets.js';

/** For whatever crosses the wire; two cores that are busy with other suites are slow. */
const PATIENCE = { timeout: 10_000 };

let chat: TestChat;

beforeAll(async () => {
  chat = await TestChat.start({ env: { DEFAULT_DIALECT: 'rooms' } });
});

afterAll(() => chat.stop());

function pageOf(userId: string): DocumentedPage {
  return DocumentedPage.open({
    'http://localhost:3000': chat.url(),
    'your-jwt-token': chat.marketplace.token({ userId }),
  });
}

/** A page that prints all it hears, before anything else happens. */
function debuggingPage(userId: string): DocumentedPage {
  const page = pageOf(userId);
  page.run(documented.connectAndPrintAll);
  page.run(documented.printConnection);
  page.run(documented.printErrors);
  return page;
}

/** What a debugging page has printed of an event: what came with it, once for each time. */
function printed(page: DocumentedPage, event: string): unknown[] {
  return page
    .printed('Socket event:')
    .filter(([name]) => name === event)
    .map(([, args]) => (args as unknown[])[0]);
}

async function participant(userId: string): Promise<DialectClient> {
  const client = DialectClient.dial({ url: chat.url(), token: chat.marketplace.token({ userId }) });
  await client.hears('connected', { userId });
  return client;
}

function newUser(): string {
  return `creator-${newUserId()}`;
}

/** Two debugging pages, of which both have joined one room by documented code. */
async function room() {
  const [creator, user1] = [debuggingPage(newUser()), debuggingPage('user1')];
  await expect.poll(() => printed(user1, 'connected'), PATIENCE).toHaveLength(1);
  creator.run(documented.createRoom);
  await expect.poll(() => printed(creator, 'joinedChatRoom'), PATIENCE).toHaveLength(1);
  const { chatRoomId } = printed(creator, 'joinedChatRoom')[0] as { chatRoomId: string };
  for (const page of [creator, user1]) {
    page.replace({ room_123: chatRoomId });
    page.run(documented.joinRoom);
  }
  await expect.poll(() => printed(user1, 'joinedChatRoom'), PATIENCE).toHaveLength(1);
  return { creator, user1, chatRoomId };
}

describe('the documented client code of the rooms, unchanged', () => {
  it('connects, and prints everything that happens', async () => {
    const page = debuggingPage('user1');
    await expect.poll(() => page.printed('Connected to WebSocket server'), PATIENCE).toHaveLength(1);
    await expect
      .poll(() => printed(page, 'connected'), PATIENCE)
      .toEqual([{ userId: 'user1', socketId: expect.any(String), serverTime: expect.any(String) }]);
    page.close();
    expect(page.printed('Disconnected:')).toEqual([['io client disconnect']]);
  });

  it('opens a group of which all participants hear', async () => {
    const [user1, user2] = [await participant('user1'), await participant('user2')];
    const creator = pageOf(newUser());
    creator.run(documented.connect);
    creator.run(documented.createRoom);
    for (const client of [user1, user2]) {
      expect(await client.hears('chatRoomCreated')).toEqual({
        id: expect.any(String),
        type: 'GROUP',
        name: 'My Chat Room',
        createdAt: expect.any(String),
      });
    }
  });

  it('joins a room, and sees who is in it', async () => {
    const { user1, chatRoomId } = await room();
    expect(printed(user1, 'joinedChatRoom')).toMatchObject([
      {
        chatRoomId,
        chatRoom: { id: chatRoomId, type: 'GROUP', name: 'My Chat Room' },
        participants: expect.arrayContaining([
          expect.objectContaining({ userId: 'user1', isOnline: true }),
          expect.objectContaining({ userId: 'user2' }),
        ]),
      },
    ]);
  });

  it('sends a message that all in the room hear, and is told that it was sent', async () => {
    const { creator, user1, chatRoomId } = await room();
    creator.run(documented.sendMessage);
    const message = expect.objectContaining({ chatRoomId, type: 'TEXT', content: 'Hello everyone!', status: 'SENT' });
    for (const page of [creator, user1]) {
      await expect.poll(() => printed(page, 'newMessage'), PATIENCE).toContainEqual(message);
    }
    await expect
      .poll(() => printed(creator, 'messageStatus'), PATIENCE)
      .toContainEqual(expect.objectContaining({ chatRoomId, status: 'SENT', messageId: expect.any(String) }));
  });

  it('shows typing, and its end', async () => {
    const { creator, user1, chatRoomId } = await room();
    user1.run(documented.typing);
    const sign = { chatRoomId, userId: 'user1' };
    await expect
      .poll(() => printed(creator, 'userTyping'), PATIENCE)
      .toEqual([
        { ...sign, isTyping: true },
        { ...sign, isTyping: false },
      ]);
  });

  it('prints what did not work: the placeholder of a room is none', async () => {
    const page = debuggingPage('user1');
    page.run(documented.sendMessage);
    await expect
      .poll(() => page.printed('WebSocket error:'), PATIENCE)
      .toEqual([[{ code: 'CHAT_NOT_FOUND', message: expect.any(String), event: 'sendMessage' }]]);
  });

  it.each([documented.connect, documented.connectAndPrintAll])(
    'is told that the placeholder of a token is none, and disconnected',
    async (connect) => {
      const page = DocumentedPage.open({ 'http://localhost:3000': chat.url() });
      page.run(connect);
      page.run(documented.printConnection);
      page.run(documented.printErrors);
      await expect
        .poll(() => page.printed('WebSocket error:'), PATIENCE)
        .toEqual([[{ code: 'TOKEN_INVALID', message: expect.any(String) }]]);
      await expect.poll(() => page.printed('Disconnected:'), PATIENCE).toEqual([['io server disconnect']]);
    },
  );
});
