import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';

describe('the health of an instance on its embedded engines', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  it('is live without asking any store', async () => {
    const response = await fetch(`${chat.url()}/health/live`);

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is ready when its database answers, and has no Redis to wait for', async () => {
    const response = await fetch(`${chat.url()}/health/ready`);

    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(await response.json()).toMatchObject({
      status: 'ok',
      details: { accepting: { status: 'up' }, database: { status: 'up' } },
    });
  });

  it('needs no token', async () => {
    for (const kind of ['live', 'ready']) {
      expect((await fetch(`${chat.url()}/health/${kind}`)).status).toBe(200);
    }
  });

  it('does not tell what it is made of', async () => {
    expect((await fetch(`${chat.url()}/health/live`)).headers.get('x-powered-by')).toBeNull();
  });
});
