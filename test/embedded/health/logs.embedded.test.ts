import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { LogCapture } from '../../support/process/log-capture.js';

describe('what an instance logs at its most talkative', () => {
  const logs = new LogCapture();
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({ env: { LOG_LEVEL: 'trace' }, logDestination: logs });
  });
  afterAll(() => chat.stop());

  it('is one JSON object a line', () => {
    expect(logs.entries.length).toBeGreaterThan(0);
    expect(logs.entries.every((entry) => typeof entry.level === 'number')).toBe(true);
  });

  it('holds no token and no message body after a whole conversation and its failures', async () => {
    const tokens = {
      good: chat.marketplace.token({ userId: 11 }),
      fresh: chat.marketplace.token({ userId: 11 }),
      expired: chat.marketplace.token({ userId: 12, expiresInSeconds: -60 }),
      forged: chat.marketplace.token({ userId: 13, secret: 'not the secret' }),
      unlucky: chat.marketplace.token({ userId: 14 }),
    };
    const texts = { sent: 'a text that nobody else reads', empty: ' \t ', long: `very ${'l'.repeat(5_000)}ong` };
    const client = await chat.connect(11, { token: tokens.good });
    await client.get('auth:refresh-token', { token: tokens.fresh });
    const { id: chatId } = await client.get('chat:create', { buyerId: 11, sellerId: 12 });
    await client.get('message:send', { chatId, text: texts.sent });
    for (const text of [texts.empty, texts.long]) {
      await client.failure('message:send', { chatId, text });
    }
    await client.failure('message:send', { chatId: 'nowhere', text: texts.sent });
    await client.failure('no such command', { text: texts.sent, token: tokens.good });
    for (const token of [tokens.expired, tokens.forged]) {
      await chat.dial({ token, tokenIn: 'query' }).event('auth:error');
    }
    await chat.marketplace.refuseConnections();
    await chat.dial({ token: tokens.unlucky, tokenIn: 'header' }).event('auth:error');
    await chat.marketplace.acceptConnections();

    for (const secret of [...Object.values(tokens), texts.sent, texts.long, chat.marketplace.secret]) {
      expect(logs.text).not.toContain(secret);
    }
  });

  it('tells of an HTTP request its path, and neither its query nor its headers', async () => {
    const token = chat.marketplace.token({ userId: 21 });

    await fetch(`${chat.url()}/no/such/page?token=${token}`, { headers: { authorization: `Bearer ${token}` } });

    await vi.waitFor(() => expect(logs.text).toContain('/no/such/page'));
    expect(logs.text).not.toContain(token);
  });

  it('passes over probes, which come every few seconds', async () => {
    await fetch(`${chat.url()}/health/live`);
    await fetch(`${chat.url()}/health/ready`);
    // Requests are logged in the order they end: a probe that is logged would lie before this one.
    await fetch(`${chat.url()}/after/the/probes`);

    await vi.waitFor(() => expect(logs.text).toContain('/after/the/probes'));
    expect(logs.entries.filter(({ req }) => JSON.stringify(req ?? '').includes('/health'))).toEqual([]);
  });
});
