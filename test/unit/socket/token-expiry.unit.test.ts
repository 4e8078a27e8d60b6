import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session } from '../../../src/auth/session.js';
import { loadConfig } from '../../../src/config/load-config.js';
import type { ChatSocket } from '../../../src/delivery/chat-socket.js';
import { Delivery } from '../../../src/delivery/delivery.js';
import { TokenExpiry } from '../../../src/socket/token-expiry.js';

const DAY_MS = 86_400_000;
const GRACE_MS = 60_000;
const NOW = 1_800_000_000_000;

/** The little of a socket that the watch touches; notes what happened to it. */
class WatchedSocket {
  readonly history: string[] = [];

  emit(event: string): void {
    this.history.push(event);
  }

  disconnect(close: boolean): void {
    this.history.push(close ? 'closed' : 'left');
  }

  get asChatSocket(): ChatSocket {
    return this as unknown as ChatSocket;
  }
}

function sessionUntil(expiresAt: number): Session {
  return {
    userId: '123',
    expiresAt,
    asOf: 0,
    profile: { username: null, firstName: null, lastName: null, avatarUrl: null, role: null },
  };
}

describe('the watch over the exp of a connection', () => {
  let expiry: TokenExpiry;
  let socket: WatchedSocket;

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    const { config } = loadConfig({ NODE_ENV: 'test', AUTH_EXPIRY_GRACE_SECONDS: String(GRACE_MS / 1_000) });
    expiry = new TokenExpiry(config, new Delivery());
    socket = new WatchedSocket();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  function watch(lifeMs: number): void {
    expiry.watch(socket.asChatSocket, sessionUntil(Date.now() + lifeMs));
  }

  it('announces the exp when it comes, and closes the connection a grace time later', () => {
    watch(10_000);

    vi.advanceTimersByTime(9_999);
    expect(socket.history).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(socket.history).toEqual(['auth:token-expired']);
    vi.advanceTimersByTime(GRACE_MS - 1);
    expect(socket.history).toEqual(['auth:token-expired']);
    vi.advanceTimersByTime(1);
    expect(socket.history).toEqual(['auth:token-expired', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('moves with a refresh before the exp', () => {
    watch(10_000);
    vi.advanceTimersByTime(9_000);
    watch(30_000);

    vi.advanceTimersByTime(29_999);
    expect(socket.history).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(socket.history).toEqual(['auth:token-expired']);
  });

  it('moves with a refresh within the grace time', () => {
    watch(10_000);
    vi.advanceTimersByTime(10_000 + GRACE_MS - 1);
    watch(DAY_MS);

    vi.advanceTimersByTime(DAY_MS - 1);
    expect(socket.history).toEqual(['auth:token-expired']);
    vi.advanceTimersByTime(1);
    expect(socket.history).toEqual(['auth:token-expired', 'auth:token-expired']);
  });

  it('moves closer too, when the newer token ends sooner', () => {
    watch(DAY_MS);
    watch(1_000);

    vi.advanceTimersByTime(1_000);
    expect(socket.history).toEqual(['auth:token-expired']);
  });

  it('ends with the connection, before the exp and within the grace time', () => {
    watch(10_000);
    expiry.forget(socket.asChatSocket);
    vi.advanceTimersByTime(DAY_MS);
    expect(socket.history).toEqual([]);

    watch(10_000);
    vi.advanceTimersByTime(10_000);
    expiry.forget(socket.asChatSocket);
    vi.advanceTimersByTime(DAY_MS);
    expect(socket.history).toEqual(['auth:token-expired']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is harmless to end twice, or without a beginning', () => {
    expiry.forget(socket.asChatSocket);
    watch(1_000);
    expiry.forget(socket.asChatSocket);
    expiry.forget(socket.asChatSocket);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('announces at once what expired while the token was being checked', () => {
    watch(-5_000);
    vi.advanceTimersByTime(0);
    expect(socket.history).toEqual(['auth:token-expired']);
  });

  it('keeps connections apart', () => {
    const other = new WatchedSocket();
    watch(1_000);
    expiry.watch(other.asChatSocket, sessionUntil(Date.now() + 2_000));

    vi.advanceTimersByTime(1_000);
    expect(socket.history).toEqual(['auth:token-expired']);
    expect(other.history).toEqual([]);
    expiry.forget(socket.asChatSocket);
    vi.advanceTimersByTime(1_000);
    expect(other.history).toEqual(['auth:token-expired']);
  });

  // Node's timers hold 2^31 - 1 ms, 24.8 days; a longer delay would become 1 ms.
  it.each([
    ['one millisecond more than a timer holds', 2 ** 31],
    ['ninety days', 90 * DAY_MS],
    ['ten years', 3_650 * DAY_MS],
  ])('waits for an exp in %s', (_case, lifeMs) => {
    const delays = vi.spyOn(globalThis, 'setTimeout');
    watch(lifeMs);
    // Before the clock moves: a timer that overflows would be armed anew in every millisecond of these years.
    expect(delays.mock.lastCall?.[1]).toBeLessThanOrEqual(2 ** 31 - 1);

    vi.advanceTimersByTime(lifeMs - 1);
    expect(socket.history).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(socket.history).toEqual(['auth:token-expired']);
  });

  it('takes the way to a far exp in as few steps as there can be', () => {
    const delays = vi.spyOn(globalThis, 'setTimeout');
    watch(90 * DAY_MS);
    expect(delays.mock.lastCall?.[1]).toBe(2 ** 31 - 1);
    vi.advanceTimersByTime(90 * DAY_MS);

    const full = 2 ** 31 - 1;
    expect(delays.mock.calls.map(([, delay]) => delay)).toEqual([full, full, full, 90 * DAY_MS - 3 * full, GRACE_MS]);
  });
});
