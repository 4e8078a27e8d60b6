import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { type UserShape, userShapes } from '../../support/marketplace/faulty-marketplace.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

/** No key of our own: the marketplace alone says which tokens are good. */
describe('connecting where the marketplace decides', () => {
  let chat: TestChat;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({ env: { JWT_SECRET: '', AUTH_TIMEOUT_MS: '500' } });
  });
  afterEach(() => {
    chat.marketplace.release();
    chat.marketplace.userShape = 'id';
  });
  afterAll(() => chat.stop());

  it('accepts what it accepts, and refuses what it refuses', async () => {
    await chat.connect(123);

    const forged = chat.marketplace.token({ secret: 'somebody else' });
    const refused = chat.dial({ token: forged });
    expect(await refused.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(await refused.disconnected()).toBe('io server disconnect');
    expect(chat.marketplace.calls(forged)).toBe(1);
  });

  it.each([401, 403])('is refused as TOKEN_INVALID when it answers %i, this time', async (status) => {
    chat.marketplace.authMe = status;
    const token = chat.marketplace.token({ userId: 123 });
    const refused = chat.dial({ token });
    expect(await refused.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(await refused.disconnected()).toBe('io server disconnect');

    chat.marketplace.authMe = 'user';
    await chat.dial({ token }).event('connection:success');
  });

  it.each([500, 503, 302, 'malformed-json', 'nobody', 'reset', 'hang'] as const)(
    'fails as AUTH_SERVICE_ERROR when it answers with %s; the failure is not remembered',
    async (behaviour) => {
      // Leaves a connection that has answered before. One that is cut on the second request may have been cut by chance.
      await chat.connect(456);
      const questions = behaviour === 'reset' ? 2 : 1;
      chat.marketplace.authMe = behaviour;
      const token = chat.marketplace.token({ userId: 123 });
      const refused = chat.dial({ token });
      expect(await refused.event('auth:error')).toEqual({
        code: 'AUTH_SERVICE_ERROR',
        error: expect.stringMatching(/^unable to connect; the marketplace /),
      });
      // The token may be good: a client library reconnects by itself after this reason, and not after the other.
      expect(await refused.disconnected()).toBe('transport close');
      expect(chat.marketplace.calls(token)).toBe(questions);

      chat.marketplace.release();
      await chat.dial({ token }).event('connection:success');
      expect(chat.marketplace.calls(token)).toBe(questions + 1);
    },
  );

  it('fails as AUTH_SERVICE_ERROR while it is down, and succeeds once it is up', async () => {
    const token = chat.marketplace.token({ userId: 123 });
    await chat.marketplace.refuseConnections();
    const refused = chat.dial({ token });
    expect(await refused.event('auth:error')).toMatchObject({ code: 'AUTH_SERVICE_ERROR' });
    await refused.disconnected();

    await chat.marketplace.acceptConnections();
    await chat.dial({ token }).event('connection:success');
  });

  it('asks once for a token that many connections bring at once, and no more after that', async () => {
    chat.marketplace.authMe = 'hang';
    const token = chat.marketplace.token({ userId: 123 });
    const early = Array.from({ length: 10 }, () => chat.dial({ token }));
    await expect.poll(() => chat.marketplace.waiting).toBe(1);
    chat.marketplace.release();
    await Promise.all(early.map((client) => client.event('connection:success')));

    await chat.dial({ token }).event('connection:success');
    expect(chat.marketplace.calls(token)).toBe(1);
  });

  it('keeps users who were let in while it is down', async () => {
    const token = chat.marketplace.token({ userId: 123 });
    const connected = chat.dial({ token });
    await connected.event('connection:success');
    await chat.marketplace.refuseConnections();

    await connected.barrier();
    await chat.dial({ token }).event('connection:success');
    await chat.marketplace.acceptConnections();
  });

  it.each(Object.keys(userShapes) as UserShape[])('finds the user it names as %s', async (shape) => {
    chat.marketplace.userShape = shape;
    const client = chat.dial({ token: chat.marketplace.token({ userId: 456 }) });

    expect(await client.event('connection:success')).toMatchObject({ userId: 456 });
  });

  it('runs no command before it has answered', async () => {
    const [buyerId, sellerId] = [3_001, 3_002];
    const seller = await chat.connect(sellerId);
    chat.marketplace.authMe = 'hang';
    const eager = new RawClient({ url: chat.url() });
    await eager.opened();
    eager.join({ token: chat.marketplace.token({ userId: buyerId }) });
    await expect.poll(() => chat.marketplace.waiting).toBe(1);
    eager.emit(JSON.stringify(['chat:create', { buyerId, sellerId }]), 1);
    await eager.closed();
    chat.marketplace.release();

    await seller.barrier();
    expect(eager.answers(1)).toEqual([]);
    expect(seller.received('chat:created')).toEqual([]);
  });

  it('does not mind a client that leaves before it has answered', async () => {
    const watcher = await chat.connect(3_011);
    await watcher.get('chat:create', { buyerId: 3_011, sellerId: 3_012 });
    chat.marketplace.authMe = 'hang';
    const leaving = new RawClient({ url: chat.url() });
    await leaving.opened();
    leaving.join({ token: chat.marketplace.token({ userId: 3_012 }) });
    await expect.poll(() => chat.marketplace.waiting).toBe(1);
    leaving.close();
    await leaving.closed();
    chat.marketplace.release();

    // A check of another token, which the marketplace answers after the first.
    await chat.connect(3_013);
    expect(await watcher.get('users:online', {})).toEqual({ userIds: [] });
    expect(watcher.received('user:online')).toEqual([]);
  });
});
