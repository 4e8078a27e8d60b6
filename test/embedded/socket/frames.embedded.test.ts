import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

const MEGABYTE = 1_048_576;
const MAX_FRAME = 65_536;
const TOO_LARGE = 1_009;

describe('frames that are too large', () => {
  let chat: TestChat;
  let buyer: TestClient;
  let seller: TestClient;
  let chatId: string;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start();
    buyer = await chat.connect(10);
    seller = await chat.connect(20);
    ({ id: chatId } = await buyer.get('chat:create', { buyerId: 10, sellerId: 20 }));
  });
  afterAll(() => chat.stop());

  let storedBefore: number;

  async function stored(): Promise<number> {
    return (await seller.get('chat:history', { chatId, limit: 200 })).messages.length;
  }

  beforeEach(async () => {
    storedBefore = await stored();
  });

  afterEach(async () => {
    // Nothing of the frame was carried out, and nobody else noticed.
    expect(await stored()).toBe(storedBefore);
    expect(buyer.socket.connected).toBe(true);
    const { id } = await buyer.get('message:send', { chatId, text: 'still here' });
    await seller.event('message:notification', ({ message }) => message.id === id);
  });

  it('end a websocket connection: a text of 1 MB', async () => {
    const client = await chat.connect(10);
    client.tell('message:send', { chatId, text: 'x'.repeat(MEGABYTE) });

    expect(await client.disconnected()).toBe('transport close');
  });

  it('end a polling connection: a text of 1 MB', async () => {
    const client = await chat.connect(10, { transports: ['polling'] });
    client.tell('message:send', { chatId, text: 'x'.repeat(MEGABYTE) });

    expect(await client.disconnected()).toBe('transport error');
  });

  it('end a websocket connection: 1 MB of attachment', async () => {
    const raw = await RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: 10 }));
    raw.send('451-/chat,1["message:send",{"_placeholder":true,"num":0}]');
    raw.send(Buffer.alloc(MEGABYTE));

    expect(await raw.closed()).toBe(TOO_LARGE);
  });

  it('end a connection that has not even logged in', async () => {
    const raw = new RawClient({ url: chat.url() });
    await raw.opened();
    raw.join({ token: 'x'.repeat(MEGABYTE) });

    expect(await raw.closed()).toBe(TOO_LARGE);
  });

  it('are refused before they are read, over polling by their announced length', async () => {
    const endpoint = `${chat.url()}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(endpoint)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };

    const refusal = await fetch(`${endpoint}&sid=${sid}`, { method: 'POST', body: 'x'.repeat(MEGABYTE) });

    expect(refusal.status).toBe(413);
  });

  it('begin one byte above the limit', async () => {
    const raw = await RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: 10 }));
    const frame = (text: string): string => `42/chat,1["message:send",{"text":"${text}"}]`;
    const room = MAX_FRAME - frame('').length;

    raw.send(frame('x'.repeat(room)));
    expect(await raw.answer(1)).toMatchObject({ success: false, error: { code: 'VALIDATION_FAILED' } });
    raw.send(frame('x'.repeat(room + 1)));
    expect(await raw.closed()).toBe(TOO_LARGE);
  });
});
