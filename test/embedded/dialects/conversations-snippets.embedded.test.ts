import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { messageNumber } from '../../../src/dialects/message-number.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { DialectClient } from '../../support/dialects/dialect-client.js';
import { RestClient } from '../../support/rest/rest-client.js';
import * as documented from './seed/conversations-snippets.js';
import { DocumentedComponent } from './seed/documented-component.js';
import { DocumentedPage } from './seed/documented-scripts.js';

/** For whatever crosses the wire; two cores that are busy with other suites are slow. */
const PATIENCE = { timeout: 10_000 };

/** As the guide's tokens name them, and its conversations. */
const INFLUENCER = 1;
const BRAND = 789;
const CONVERSATION = 123;
/** The first message of that conversation. */
const FIRST_MESSAGE = messageNumber(CONVERSATION, 1);

let chat: TestChat;

beforeAll(async () => {
  chat = await TestChat.start({
    env: { ...UNLIMITED, DEFAULT_DIALECT: 'conversations', DEVELOPMENT_TOKENS: 'true' },
  });
  // Numbers are given in turn: the guide's conversations are 1 and 123.
  const rest = new RestClient(chat.url(), `${INFLUENCER}:influencer`);
  for (let number = 1; number <= CONVERSATION; number++) {
    const participantId = number === CONVERSATION ? BRAND : 10_000 + number;
    const { body } = await rest.send('POST', '/conversations', { body: JSON.stringify({ participantId }) });
    expect(body).toMatchObject({ success: true, data: { id: number } });
  }
});
afterAll(() => chat.stop());

function newPage(): DocumentedPage {
  return DocumentedPage.open({
    'http://your-backend-url': chat.url(),
    'http://localhost:3000': chat.url(),
    'http://your-api.com': chat.url(),
    "'https://...'": "'https://files.example/file.pdf'",
    'messageId: 456': `messageId: ${FIRST_MESSAGE}`,
  });
}

/** A page that has run the documented connection, as the guide's influencer. */
async function frontend(): Promise<DocumentedPage> {
  const page = newPage();
  page.run(`const userId = ${INFLUENCER}, userType = 'influencer';`);
  page.run(documented.connect);
  await expect.poll(() => page.printed('Connected to chat server:'), PATIENCE).toHaveLength(1);
  return page;
}

/** The other one, who has joined the conversation. */
async function brand(): Promise<DialectClient> {
  const client = DialectClient.dial({ url: chat.url(), token: `${BRAND}:brand` });
  await client.hears('connection:success');
  client.say('conversation:join', { conversationId: CONVERSATION });
  await client.hears('conversation:joined');
  return client;
}

const influencerUser = { userId: INFLUENCER, userType: 'influencer' };
const brandUser = { userId: BRAND, userType: 'brand' };

describe('the documented client code of conversations, unchanged', () => {
  it('connects, and is told who it is', async () => {
    const page = await frontend();
    expect(page.printed('Connected to chat server:')).toEqual([[{ ...influencerUser, socketId: expect.any(String) }]]);
  });

  it('joins and leaves', async () => {
    const page = await frontend();
    const room = { conversationId: CONVERSATION, room: expect.stringMatching(/\w/) };
    page.run(documented.join);
    await expect.poll(() => page.printed('Joined conversation:'), PATIENCE).toEqual([[room]]);
    page.run(documented.leave);
    await expect.poll(() => page.printed('Left conversation:'), PATIENCE).toEqual([[room]]);
  });

  it('sends a message, of which the other one hears with all documented fields', async () => {
    const other = await brand();
    const page = await frontend();
    page.run(documented.send);
    const message = {
      id: expect.any(Number),
      conversationId: CONVERSATION,
      sender: { id: INFLUENCER, username: null, firstName: null, lastName: null, profileImage: null },
      senderType: 'influencer',
      messageType: 'file',
      content: 'Hello!',
      isRead: false,
      createdAt: expect.any(String),
      attachmentUrl: 'https://files.example/file.pdf',
      attachmentName: 'file.pdf',
    };
    await expect
      .poll(() => page.printed('Message sent:'), PATIENCE)
      .toEqual([[{ tempId: expect.any(Number), message: expect.objectContaining(message) }]]);
    expect(await other.hears('message:new')).toMatchObject(message);
  });

  it('is told of a message that failed, and which', async () => {
    const page = await frontend();
    // The guide's address of a file stands for none.
    page.replace({ 'https://files.example/file.pdf': 'https://...' });
    page.run(documented.send);
    await expect
      .poll(() => page.printed('Message failed:'), PATIENCE)
      .toEqual([[expect.objectContaining({ error: expect.any(String), tempId: expect.any(Number) })]]);
  });

  it('marks as read, and prints what others have read, not what it has itself', async () => {
    const other = await brand();
    const page = await frontend();
    page.run(documented.join);
    await expect.poll(() => page.printed('Joined conversation:'), PATIENCE).toHaveLength(1);
    page.run(documented.onRead);
    const { id: messageId } = await say(other, 'to be read');
    page.replace({ [`messageId: ${FIRST_MESSAGE}`]: `messageId: ${messageId}` });
    page.run(documented.markAsRead);
    await expect
      .poll(() => page.printed('Marked as read:'), PATIENCE)
      .toEqual([[{ conversationId: CONVERSATION, messageId }]]);
    expect(await other.hears('message:read', { messageId })).toMatchObject({ readBy: influencerUser });

    page.run(`socket.emit('message:send', { conversationId: ${CONVERSATION}, content: 'And this?' });`);
    const { id: answered } = await other.hears('message:new', { content: 'And this?' });
    other.say('message:read', { conversationId: CONVERSATION, messageId: answered });
    await expect
      .poll(() => page.printed('Messages marked as read:'), PATIENCE)
      .toEqual([[{ conversationId: CONVERSATION, messageId: answered, readBy: brandUser }]]);
  });

  it('prints messages, typing, presence and notifications of the other one', async () => {
    const page = await frontend();
    for (const listener of [
      documented.onMessage,
      documented.onRead,
      documented.onTyping,
      documented.onPresence,
      documented.onNotification,
    ]) {
      page.run(listener);
    }
    const other = await brand();
    await expect.poll(() => page.printed('User came online:'), PATIENCE).toEqual([[brandUser]]);
    const first = await say(other, 'not joined yet');
    await expect
      .poll(() => page.printed('New message notification:'), PATIENCE)
      .toEqual([[expect.objectContaining({ conversationId: CONVERSATION, message: first })]]);

    page.run(documented.join);
    await expect.poll(() => page.printed('Joined conversation:'), PATIENCE).toHaveLength(1);
    const second = await say(other, 'joined');
    await expect.poll(() => page.printed('New message received:'), PATIENCE).toEqual([[second]]);
    other.say('typing:start', { conversationId: CONVERSATION });
    await expect
      .poll(() => page.printed('User is typing:'), PATIENCE)
      .toEqual([[{ conversationId: CONVERSATION, user: brandUser }]]);
    other.say('typing:stop', { conversationId: CONVERSATION });
    await expect
      .poll(() => page.printed('User stopped typing:'), PATIENCE)
      .toEqual([[{ conversationId: CONVERSATION, user: brandUser }]]);

    page.run(`socket.emit('message:send', { conversationId: ${CONVERSATION}, content: 'Read me' });`);
    const { id: messageId } = await other.hears('message:new', { content: 'Read me' });
    other.say('message:read', { conversationId: CONVERSATION, messageId });
    await expect
      .poll(() => page.printed('Messages marked as read:'), PATIENCE)
      .toEqual([[{ conversationId: CONVERSATION, messageId, readBy: brandUser }]]);
    other.socket.disconnect();
    await expect
      .poll(() => page.printed('User went offline:'), PATIENCE)
      .toEqual([[expect.objectContaining(brandUser)]]);
  });

  it('shows that it types, and asks who is online', async () => {
    const other = await brand();
    const page = await frontend();
    page.run(documented.type);
    const typing = { conversationId: CONVERSATION, user: influencerUser };
    expect(await other.hears('typing:start')).toEqual(typing);
    expect(await other.hears('typing:stop')).toEqual(typing);
    page.run(documented.checkOnline);
    await expect
      .poll(() => page.printed('User online status:'), PATIENCE)
      .toEqual([[{ ...brandUser, isOnline: true }]]);
  });

  it('runs in the console of a browser', async () => {
    const page = newPage();
    page.run(documented.browserConsole);
    await expect
      .poll(() => page.printed('New message:'), PATIENCE)
      .toEqual([[expect.objectContaining({ conversationId: 1, content: 'Test message', senderType: 'influencer' })]]);
    expect(page.printed('Connected:')).toEqual([[{ ...influencerUser, socketId: expect.any(String) }]]);
  });

  it('connects with a real token behind Bearer', async () => {
    const page = newPage();
    const token = chat.marketplace.token({ userId: INFLUENCER });
    page.run(`const localStorage = { getItem: () => '${token}' };`);
    page.run(documented.connectWithBearer);
    page.run("socket.on('connection:success', (data) => console.log('In:', data));");
    await expect.poll(() => page.printed('In:'), PATIENCE).toEqual([[expect.objectContaining({ userId: INFLUENCER })]]);
  });

  it('is told that a token is none', async () => {
    const page = newPage();
    page.run("const userId = 'no-token', userType = '';");
    page.run(documented.connect);
    await expect
      .poll(() => page.printed('Connection error:'), PATIENCE)
      .toEqual([[expect.objectContaining({ message: expect.stringMatching(/^unable to connect; /) })]]);
  });

  it('is a complete frontend, in which two people talk', async () => {
    const mount = async (userId: number, userType: string): Promise<DocumentedComponent> => {
      const props = { userId, userType, conversationId: CONVERSATION };
      const component = await DocumentedComponent.mount(documented.component, props, {
        'http://localhost:3000': chat.url(),
      });
      onTestFinished(() => component.unmount());
      return component;
    };
    const [influencer, brandOne] = [await mount(INFLUENCER, 'influencer'), await mount(BRAND, 'brand')];
    await expect
      .poll(() => {
        influencer.act('input', 'onChange', { target: { value: 'Hello from React' } });
        return brandOne.texts('typing-indicator');
      }, PATIENCE)
      .toEqual(['Typing...']);

    const reader = await brand();
    influencer.act('button', 'onClick');
    await expect
      .poll(() => brandOne.texts('message received'), PATIENCE)
      .toEqual([expect.stringContaining('Hello from React')]);
    await expect.poll(() => brandOne.texts('typing-indicator'), PATIENCE).toEqual([]);

    // It keeps its own message under `Date.now()`, and compares that with the mark's number.
    expect(influencer.texts('read-receipt')).toEqual([]);
    const { id: messageId } = await reader.hears('message:new', { content: 'Hello from React' });
    reader.say('message:read', { conversationId: CONVERSATION, messageId });
    await expect.poll(() => influencer.texts('read-receipt'), PATIENCE).toHaveLength(1);
    const [receipt = ''] = influencer.texts('read-receipt');
    expect(influencer.texts('message sent')).toEqual([expect.stringContaining(receipt)]);

    brandOne.act('input', 'onChange', { target: { value: 'Hello back' } });
    brandOne.act('input', 'onKeyPress', { key: 'Enter' });
    await expect
      .poll(() => influencer.texts('message received'), PATIENCE)
      .toEqual([expect.stringContaining('Hello back')]);
    // Shown once, though it was shown before it was sent.
    expect(influencer.texts('message sent')).toEqual([expect.stringContaining('Hello from React')]);
    influencer.unmount();
    await expect.poll(() => influencer.connected, PATIENCE).toBe(false);
  });
});

/** Has a client send a message in the conversation; what it hears of it. */
async function say(client: DialectClient, content: string): Promise<Record<string, unknown>> {
  client.say('message:send', { conversationId: CONVERSATION, content });
  return client.hears('message:new', { content });
}
