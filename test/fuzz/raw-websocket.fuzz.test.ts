import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { TestChat } from '../support/chat/test-chat.js';
import { CrashWatch } from '../support/fuzz/crash-watch.js';
import { webSocketBytes } from '../support/fuzz/frame-arbitraries.js';
import { HttpFuzzer } from '../support/fuzz/http-fuzzer.js';
import { type PlainSent, plainAddress, plainFrames } from '../support/fuzz/plain-arbitraries.js';
import { PlainClient } from '../support/raw-websocket/plain-client.js';

/** Repeats a run: `FUZZ_SEED=… npm run test:fuzz`. */
const seed = Number(process.env.FUZZ_SEED ?? Math.trunc(Math.random() * 2 ** 31));
const TIME_LIMIT_MS = 200_000;
const CASES = { frames: 5_000, addresses: 1_500, bytes: 600 };
/** Frames of one user: few enough that what he is allowed in a minute is not used up before his last. */
const FRAMES_OF_A_USER = 25;
/** Frames sent to one connection at once. */
const WINDOW = 5;
const USERS = CASES.frames / FRAMES_OF_A_USER;

const user = { user_id: z.number(), username: z.string() };
/** All that the service ever says to these clients. */
const Frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('connection_established'), message: z.string(), chat_id: z.int() }),
  z.strictObject({
    type: z.literal('message'),
    data: z.strictObject({
      id: z.int(),
      text: z.string().min(1).max(1_000),
      sender: z.strictObject({
        id: z.number(),
        username: z.string(),
        first_name: z.string(),
        last_name: z.string(),
      }),
      timestamp: z.iso.datetime(),
      is_edited: z.literal(false),
      is_deleted: z.literal(false),
    }),
  }),
  z.strictObject({ type: z.literal('typing'), ...user, is_typing: z.boolean() }),
  z.strictObject({ type: z.literal('messages_read'), ...user }),
  z.strictObject({
    type: z.literal('error'),
    message: z.string().regex(/^(Invalid JSON format|Message text cannot be empty|Unknown message type: |unable to )/),
  }),
]);

describe(`hostile clients of plain WebSockets (seed ${seed})`, () => {
  let chat: TestChat;
  let http: HttpFuzzer;
  let watch: CrashWatch;
  let number: number;
  let lastUser = 0;

  beforeAll(async () => {
    process.stdout.write(`fuzz seed ${seed}\n`);
    watch = new CrashWatch();
    chat = await TestChat.start({
      env: {
        DIALECTS: 'plain-websocket',
        RATE_LIMIT_MESSAGES: '1000000',
        RATE_LIMIT_COMMANDS: '1000000',
        RATE_LIMIT_SEARCHES: '1000000',
        RATE_LIMIT_WINDOW_SECONDS: '1',
        GROUP_MAX_MEMBERS: '1000',
      },
    });
    http = new HttpFuzzer(chat.url());
    const owner = await chat.connect(100_000);
    const userIds = Array.from({ length: USERS }, (_, index) => index + 1);
    const { id: chatId } = await owner.get('chat:create', { type: 'group', name: 'all', userIds });
    owner.close();
    const first = await PlainClient.connect(chat, chatId, { userId: 100_000 });
    number = await first.established();
    first.close();
  });
  afterEach(() => {
    expect(watch.crashes).toEqual([]);
  });
  afterAll(async () => {
    watch.stop();
    http.stop();
    await chat.stop();
  });

  async function fuzz<T>(
    total: number,
    size: number,
    cases: fc.Arbitrary<T>,
    run: (batch: readonly T[]) => Promise<void>,
  ): Promise<void> {
    const outcome = await fc.check(fc.asyncProperty(fc.array(cases, { minLength: size, maxLength: size }), run), {
      numRuns: total / size,
      seed,
      endOnFailure: true,
      interruptAfterTimeLimit: TIME_LIMIT_MS,
      markInterruptAsFailure: true,
    });
    if (outcome.failed) {
      const reason = outcome.interrupted ? `not done in ${TIME_LIMIT_MS} ms` : 'a case failed';
      throw new Error(`${reason}; repeat with FUZZ_SEED=${seed}`, { cause: outcome.errorInstance });
    }
  }

  /** Sends a frame, and something behind it that is answered. @returns whether the connection has survived the frame */
  async function survives(client: PlainClient, sent: PlainSent, turn: number): Promise<boolean> {
    if (client.socket.readyState !== WebSocket.OPEN) {
      return false;
    }
    if ('text' in sent) {
      client.socket.send(sent.text);
    } else {
      client.socket.send(sent.bytes, { binary: sent.binary });
    }
    const type = `fuzz ${turn}`;
    client.send({ type });
    const answered = ({ message }: Record<string, unknown>) => message === `Unknown message type: ${type}`;
    await expect
      .poll(() => client.ended !== null || client.frames.some(answered), { timeout: 20_000, interval: 1 })
      .toBe(true);
    return client.frames.some(answered);
  }

  test('every frame is answered in the words of the dialect, or ends its connection with a code for it', async () => {
    const endings = new Set<number>();
    await fuzz(CASES.frames, FRAMES_OF_A_USER, plainFrames, async (batch) => {
      lastUser += 1;
      const visitor = { userId: lastUser };
      let client = await PlainClient.connect(chat, number, visitor);
      for (let next = 0; next < batch.length; ) {
        const together = batch.slice(next, next + WINDOW);
        const survivals = await Promise.all(together.map((sent, place) => survives(client, sent, next + place)));
        const endedBy = survivals.indexOf(false);
        next += endedBy === -1 ? together.length : endedBy + 1;
        for (const frame of client.frames) {
          Frame.parse(frame);
          expect(frame.message ?? '').not.toContain('the service failed');
        }
        if (endedBy !== -1) {
          endings.add(await client.closed());
          client = await PlainClient.connect(chat, number, visitor);
        }
      }
      client.close();
    });
    // Not text, too large: nothing else that a client says may cost it the connection.
    expect([...endings].toSorted()).toEqual([1007, 1009]);
  });

  test('every upgrade is answered, and whoever has no good token learns nothing but that', async () => {
    await fuzz(CASES.addresses, 25, plainAddress, async (batch) => {
      await Promise.all(
        batch.map(async (address) => {
          let client: PlainClient;
          try {
            client = PlainClient.dial(chat, `/ws/chat/${address}`);
          } catch {
            // No address that a client could dial.
            return;
          }
          if (!new URL(client.socket.url).pathname.startsWith('/ws/chat/')) {
            client.close();
            return;
          }
          await client.refused();
          expect([400, 404, 4401]).toContain(client.refusedWith ?? client.ended?.code);
          expect(client.frames).toEqual([]);
        }),
      );
    });
  });

  test('every connection that ends in garbage is let go', async () => {
    // Each his own: of one user, the next connection would replace the one before.
    const tokens = Array.from({ length: 20 }, (_, index) => chat.marketplace.token({ userId: index + 1 }));
    await fuzz(CASES.bytes, 20, webSocketBytes, async (batch) => {
      await Promise.all(
        batch.map((bytes, index) => http.upgradeAndWrite(bytes, `/ws/chat/${number}/?token=${tokens[index]}`)),
      );
    });
  });

  test('the service goes on as if nothing had been', async () => {
    const one = await PlainClient.connect(chat, number, { userId: 100_000 });
    one.send({ type: 'message', text: 'still here?' });
    await expect.poll(() => one.messages().at(-1)?.text, { timeout: 10_000 }).toBe('still here?');
    expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted');
  });
});
