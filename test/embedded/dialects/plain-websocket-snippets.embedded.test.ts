import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { PlainClient, type PlainFrame } from '../../support/raw-websocket/plain-client.js';
import * as documented from './seed/plain-websocket-snippets.js';

/** For whatever crosses the wire; two cores that are busy with other suites are slow. */
const PATIENCE = { timeout: 10_000 };
/** The user and the profile that the guide's frames show. */
const JOHN = 1;
const PEER = 2;

let chat: TestChat;
let peer: TestClient;
let chatId: string;

beforeAll(async () => {
  chat = await TestChat.start({ env: { DIALECTS: 'plain-websocket' } });
  chat.marketplace.changes.set(String(JOHN), { username: 'john_doe', firstName: 'John', lastName: 'Doe' });
  peer = await chat.connect(PEER);
  chatId = (await peer.get('chat:create', { buyerId: JOHN, sellerId: PEER })).id;
  await peer.get('chat:join', { chatId });
  // The first chat that a numbered dialect meets is the guide's chat 1.
  const first = await PlainClient.connect(chat, chatId, { userId: PEER });
  expect(await first.established()).toBe(1);
  first.close();
});
afterAll(() => chat.stop());

/**
 * A page that the guide's blocks run on as they stand, but for the address. Its WebSockets carry the token in a header, as the guide
 * assumes.
 */
class Page {
  readonly #printed: unknown[][] = [];
  readonly #sockets: WebSocket[] = [];
  readonly #context: object;

  constructor(userId: number) {
    const print = (...line: unknown[]): number => this.#printed.push(line);
    const headers = { Authorization: `Bearer ${chat.marketplace.token({ userId })}` };
    const sockets = this.#sockets;
    this.#context = createContext({
      console: { log: print, error: print },
      setTimeout,
      clearTimeout,
      WebSocket: class extends WebSocket {
        constructor(url: string) {
          super(url, { headers });
          sockets.push(this);
        }
      },
    });
  }

  run(block: string): void {
    runInContext(block.replaceAll('ws://localhost:8000', chat.url().replace('http', 'ws')), this.#context);
  }

  /** What blocks have printed after a label, oldest first: as JSON has it, which knows no pages. */
  printed(label: string): unknown[] {
    return this.#printed
      .filter(([first]) => first === label)
      .map(([, value]) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value))));
  }

  /** Sends a documented frame. */
  send(frame: string): void {
    this.#sockets.at(-1)?.send(frame);
  }

  close(): void {
    for (const socket of this.#sockets) {
      socket.close();
    }
  }
}

/** The shape of a documented frame: its constants as they are, everything else by its type. */
function shapeOf(documentedFrame: string): PlainFrame {
  const { type, ...rest } = JSON.parse(documentedFrame) as PlainFrame;
  return { type, ...(typed(rest) as object) };
}

function typed(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner)]));
  }
  return { number: expect.any(Number), string: expect.any(String), boolean: expect.any(Boolean) }[
    typeof value as string
  ];
}

async function connected(): Promise<Page> {
  const page = new Page(JOHN);
  page.run(documented.connect);
  await expect.poll(() => page.printed('Received:'), PATIENCE).toHaveLength(1);
  return page;
}

describe('the documented client code of plain-websocket, unchanged', () => {
  it('connects, and is told so in the documented frame', async () => {
    const page = await connected();
    expect(page.printed('Connected to chat')).toHaveLength(1);
    expect(page.printed('Received:')).toEqual([JSON.parse(documented.received.established)]);
    page.close();
  });

  it('sends the documented frames, which do what they say', async () => {
    const page = await connected();
    page.send(documented.sent.typing);
    await peer.event('typing:start', ({ userId }) => userId === JOHN);
    page.send(documented.sent.message);
    const { text } = JSON.parse(documented.sent.message) as { text: string };
    const { seq } = await peer.event('message:new', (message) => message.senderId === JOHN && message.text === text);
    const answer = await peer.get('message:send', { chatId, text: 'Хорошо' });
    page.send(documented.sent.readMessages);
    await peer.event('message:read', (mark) => mark.userId === JOHN && mark.seq === answer.seq);
    expect(answer.seq).toBe(seq + 1);
    page.close();
  });

  it('receives the documented frames, in their shapes', async () => {
    const page = await connected();
    page.send(documented.sent.message);
    const ofType = (type: string) => page.printed('Received:').filter((frame) => (frame as PlainFrame).type === type);
    await expect.poll(() => ofType('message'), PATIENCE).toHaveLength(1);
    await peer.get('typing:start', { chatId });
    await peer.get('message:read', { chatId });
    await expect.poll(() => ofType('typing').length * ofType('messages_read').length, PATIENCE).toBeGreaterThan(0);

    const [message] = ofType('message') as [{ data: { id: number; timestamp: string } }];
    const documentedMessage = JSON.parse(documented.received.message);
    expect(message).toEqual({
      ...documentedMessage,
      data: { ...documentedMessage.data, id: message.data.id, timestamp: message.data.timestamp },
    });
    expect(message).toEqual(shapeOf(documented.received.message));
    expect(new Date(message.data.timestamp).toISOString()).toBe(message.data.timestamp);
    expect(ofType('typing')[0]).toEqual(shapeOf(documented.received.typing));
    expect(ofType('messages_read')).toContainEqual(shapeOf(documented.received.messagesRead));
    page.close();
  });

  it('receives the documented errors, word for word', async () => {
    const page = await connected();
    page.send('{');
    page.send('{"type": "message", "text": ""}');
    page.send('{"type": "invalid_type"}');
    await expect
      .poll(() => page.printed('Received:').slice(1), PATIENCE)
      .toEqual(documented.received.errors.map((frame) => JSON.parse(frame)));
    page.close();
  });

  it('of the whole example chats', async () => {
    const heard = peer.log.length;
    const page = new Page(JOHN);
    page.run(documented.chatClass);
    page.run(documented.open);
    await expect
      .poll(() => page.printed('Connection established:'), PATIENCE)
      .toEqual(['Successfully connected to chat']);

    page.run(documented.use);

    await expect
      .poll(() => page.printed('New message:'), PATIENCE)
      .toEqual([
        expect.objectContaining({ text: 'Привет!', sender: expect.objectContaining({ username: 'john_doe' }) }),
      ]);
    const events = () => peer.log.slice(heard).map(({ event }) => event);
    for (const event of ['message:new', 'typing:start', 'typing:stop']) {
      await expect.poll(events, PATIENCE).toContain(event);
    }
    // What one has read is told where it changes: until now there was nothing to read but his own message.
    await peer.get('message:send', { chatId, text: 'Хорошо' });
    await expect.poll(() => page.printed('New message:'), PATIENCE).toHaveLength(2);
    page.run('chat.markAsRead();');
    await expect
      .poll(() => page.printed('Messages read by:'), PATIENCE)
      .toContainEqual({ type: 'messages_read', user_id: JOHN, username: 'john_doe' });

    await peer.get('typing:start', { chatId });
    await expect
      .poll(() => page.printed('User typing:'), PATIENCE)
      .toContainEqual({ type: 'typing', user_id: PEER, username: 'user-2', is_typing: true });
    page.run('chat.disconnect();');
    await expect.poll(() => page.printed('Disconnected from chat'), PATIENCE).toHaveLength(1);
  });

  it('is closed out of a chat that is not the user’s', async () => {
    const stranger = new Page(3);
    stranger.run(documented.chatClass);
    stranger.run(documented.open);
    await expect.poll(() => stranger.printed('Disconnected from chat'), PATIENCE).toHaveLength(1);
    expect(stranger.printed('Connection established:')).toEqual([]);
  });
});
