import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { newUserId } from '../../support/chats/participants.js';
import { DialectClient } from '../../support/dialects/dialect-client.js';
import { DocumentedPage } from './seed/documented-scripts.js';
import * as documented from './seed/live-snippets.js';

/** For whatever crosses the wire; two cores that are busy with other suites are slow. */
const PATIENCE = { timeout: 10_000 };

let chat: TestChat;

beforeAll(async () => {
  chat = await TestChat.start({ env: { DEFAULT_DIALECT: 'live' } });
});

afterAll(() => chat.stop());

function newUser(): string {
  return `customer-${newUserId()}`;
}

function pageOf(userId: string): DocumentedPage {
  return DocumentedPage.open({
    'http://localhost:3000': chat.url(),
    'your-jwt-token': chat.marketplace.token({ userId }),
  });
}

/** A page that has run the documented connection and login. */
async function frontend(userId: string): Promise<DocumentedPage> {
  const page = pageOf(userId);
  page.run(documented.connect);
  page.run(documented.authenticate);
  await expect.poll(() => page.printed('Auth result:'), PATIENCE).toHaveLength(1);
  return page;
}

async function participant(userId: string): Promise<DialectClient> {
  const client = DialectClient.dial({ url: chat.url(), token: chat.marketplace.token({ userId }) });
  return client.connected();
}

/** A documented frontend, and a participant who has joined a room that both are in. */
async function room() {
  const [customerId, supporterId] = [newUser(), newUser()];
  const supporter = await participant(supporterId);
  supporter.say('chat:room:create', { name: 'Help', participants: [customerId] });
  const roomId = String((await supporter.hears('chat:room:joined')).roomId);
  const customer = await frontend(customerId);
  customer.replace({ 'room-123': roomId });
  return { customer, customerId, supporter, supporterId, roomId };
}

/** Runs the documented code that opens a room, until the page has joined it. */
async function openRoom(customer: DocumentedPage, user1: DialectClient): Promise<string> {
  customer.run("chatSocket.on('chat:room:joined', ({ roomId }) => console.log('Joined:', roomId));");
  customer.run(documented.chat);
  const roomId = String((await user1.hears('chat:room:created')).roomId);
  await expect.poll(() => customer.printed('Joined:'), PATIENCE).toContainEqual([roomId]);
  return roomId;
}

describe('the documented client code of live, unchanged', () => {
  it('connects and logs in, and is told so', async () => {
    const userId = newUser();
    const page = await frontend(userId);
    expect(page.printed('Auth result:')).toEqual([
      [{ type: 'authenticated', message: 'Authenticated', data: { userId } }],
    ]);
  });

  it('sends a message, opens a room, joins one and leaves it', async () => {
    const { customer, customerId, supporter, roomId } = await room();
    const user1 = await participant('user1');
    const user2 = await participant('user2');
    customer.run(documented.chat);
    expect(await supporter.hears('chat:message', { content: 'Hello, world!' })).toMatchObject({
      roomId,
      senderId: customerId,
    });
    const opened = { roomId: expect.any(String), name: 'Support Room', type: 'group', createdAt: expect.any(String) };
    expect(await user1.hears('chat:room:created')).toEqual(opened);
    expect(await user2.hears('chat:room:created')).toEqual(opened);
  });

  it('prints what others say and type in the room that it opened', async () => {
    const { customer } = await room();
    const user1 = await participant('user1');
    const roomId = await openRoom(customer, user1);
    customer.run(documented.status);
    user1.say('chat:message', { content: 'At your service', roomId });
    await expect
      .poll(() => customer.printed('New message:'), PATIENCE)
      .toContainEqual([expect.objectContaining({ roomId, content: 'At your service', senderId: 'user1' })]);
    user1.say('status:typing', { roomId, isTyping: true });
    await expect
      .poll(() => customer.printed('User is typing:'), PATIENCE)
      .toContainEqual([{ roomId, userId: 'user1', isTyping: true }]);
  });

  it('shows that it types, and prints who comes and goes', async () => {
    const { customer, customerId, supporter, supporterId, roomId } = await room();
    customer.run(documented.status);
    expect(await supporter.hears('status:typing')).toEqual({ roomId, userId: customerId, isTyping: true });
    supporter.socket.disconnect();
    await expect
      .poll(() => customer.printed('User went offline:'), PATIENCE)
      .toContainEqual([expect.objectContaining({ userId: supporterId, isOnline: false })]);
    await participant(supporterId);
    await expect
      .poll(() => customer.printed('User went online:'), PATIENCE)
      .toContainEqual([{ userId: supporterId, isOnline: true }]);
  });

  it('prints the errors of the service, message and code', async () => {
    const page = pageOf(newUser());
    page.run(documented.testScript);
    page.run(documented.printErrors);
    page.run("socket.emit('chat:message', { content: 'to whom it may concern' });");
    await expect
      .poll(() => page.printed('WebSocket error:'), PATIENCE)
      .toEqual([['unable to send message; no room is joined, and roomId names none', 'VALIDATION_FAILED']]);
  });

  it('runs the documented test script', async () => {
    const userId = newUser();
    const page = pageOf(userId);
    page.run(documented.testScript);
    await expect.poll(() => page.printed('Connected to WebSocket server'), PATIENCE).toHaveLength(1);
    await expect
      .poll(() => page.printed('Notification:'), PATIENCE)
      .toEqual([[{ type: 'authenticated', message: 'Authenticated', data: { userId } }]]);
    const supporter = await participant(newUser());
    supporter.say('chat:room:create', { name: 'Help', participants: [userId] });
    const { roomId } = await supporter.hears('chat:room:joined');
    page.run(`socket.emit('chat:room:join', '${roomId}');`);
    page.run(`socket.emit('chat:message', { content: 'Test' });`);
    await expect
      .poll(() => page.printed('Received message:'), PATIENCE)
      .toContainEqual([expect.objectContaining({ roomId, content: 'Test', senderId: userId })]);
  });

  it('is told that the placeholder of a token is none', async () => {
    const page = DocumentedPage.open({ 'http://localhost:3000': chat.url() });
    page.run(documented.testScript);
    page.run(documented.printErrors);
    await expect
      .poll(() => page.printed('WebSocket error:'), PATIENCE)
      .toEqual([[expect.any(String), 'TOKEN_INVALID']]);
  });
});
