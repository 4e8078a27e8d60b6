import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { complaint, restComplaint } from '../support/fuzz/answer-check.js';
import { CrashWatch, liveHeapBytes } from '../support/fuzz/crash-watch.js';
import {
  engineIoFrames,
  type Frames,
  handshakeQuery,
  pollingBody,
  socketIoFrames,
  webSocketBytes,
} from '../support/fuzz/frame-arbitraries.js';
import { HttpFuzzer } from '../support/fuzz/http-fuzzer.js';
import { type Emission, emissions } from '../support/fuzz/payload-arbitraries.js';
import { RawClient } from '../support/fuzz/raw-client.js';
import { restRequests } from '../support/fuzz/rest-arbitraries.js';

/** Repeats a run: `FUZZ_SEED=… npm run test:fuzz`. */
const seed = Number(process.env.FUZZ_SEED ?? Math.trunc(Math.random() * 2 ** 31));
const TIME_LIMIT_MS = 280_000;
const USERS = [9_001, 9_002, 9_003, 9_004] as const;
/** Frames sent to one connection at once; most cases close theirs, and the others are then sent again. */
const WINDOW = 6;
/** Far above what a service of four users needs, far below what 200,000 leaked cases would take. */
const HEAP_GROWTH_LIMIT_BYTES = 64 * 1_024 * 1_024;

const CASES = {
  payloads: 165_000,
  rest: 20_000,
  socketIo: 20_000,
  engineIo: 4_000,
  polling: 8_000,
  handshakes: 2_000,
  bytes: 2_000,
};

describe(`hostile clients (seed ${seed})`, () => {
  let chat: TestChat;
  let http: HttpFuzzer;
  let watch: CrashWatch;
  let chatIds: string[];
  let messageIds: string[];
  let tokens: string[];
  let lingering: RawClient[];
  const done: Record<string, number> = {};
  const started = performance.now();

  const connect = (turn: number): Promise<RawClient> =>
    RawClient.connect(chat.url(), tokens[turn % tokens.length] ?? '');

  beforeAll(async () => {
    process.stdout.write(`fuzz seed ${seed}\n`);
    watch = new CrashWatch();
    chat = await TestChat.start({
      env: {
        RATE_LIMIT_MESSAGES: '1000000',
        RATE_LIMIT_COMMANDS: '1000000',
        RATE_LIMIT_SEARCHES: '1000000',
        RATE_LIMIT_WINDOW_SECONDS: '1',
      },
    });
    http = new HttpFuzzer(chat.url());
    // One for each user: a new one each time would be one more question to the marketplace.
    tokens = USERS.map((userId) => chat.marketplace.token({ userId }));
    const first = await chat.connect(USERS[0]);
    chatIds = [];
    messageIds = [];
    for (const sellerId of USERS.slice(1)) {
      const { id: chatId } = await first.get('chat:create', { buyerId: USERS[0], sellerId });
      chatIds.push(chatId);
      messageIds.push((await first.get('message:send', { chatId, text: 'hello' })).id);
    }
    chatIds.push((await first.get('chat:create', { type: 'group', name: 'all', userIds: [...USERS] })).id);
    first.close();
    // While each user has one connection that stays, the many that come and go make nobody come online or go offline.
    lingering = await Promise.all(USERS.map((_, index) => connect(index)));
  });

  afterEach(() => {
    expect(watch.crashes).toEqual([]);
  });

  afterAll(async () => {
    watch.stop();
    http.stop();
    await Promise.all(lingering.map((client) => client.close()));
    await chat.stop();
  });

  /** Runs the cases of a kind in batches of `size`. The error of a batch names the case, so nothing needs to be shrunk. */
  async function fuzz<T>(
    kind: keyof typeof CASES,
    size: number,
    cases: fc.Arbitrary<T>,
    run: (batch: readonly T[]) => Promise<void>,
  ): Promise<void> {
    const outcome = await fc.check(
      fc.asyncProperty(fc.array(cases, { minLength: size, maxLength: size }), async (batch) => {
        await run(batch);
        done[kind] = (done[kind] ?? 0) + batch.length;
      }),
      {
        numRuns: CASES[kind] / size,
        seed,
        endOnFailure: true,
        interruptAfterTimeLimit: TIME_LIMIT_MS,
        markInterruptAsFailure: true,
      },
    );
    if (outcome.failed) {
      const reason = outcome.interrupted ? `only ${done[kind]} cases in ${TIME_LIMIT_MS} ms` : 'a case failed';
      throw new Error(`${reason}; repeat with FUZZ_SEED=${seed}`, { cause: outcome.errorInstance });
    }
  }

  test('every command answers every payload exactly once, and as the contract says', async () => {
    let turn = 0;
    let settledHeap = 0;
    const pool = { chats: chatIds, messages: messageIds, users: [...USERS], tokens };

    await fuzz('payloads', 250, emissions(pool), async (batch: readonly Emission[]) => {
      const client = lingering[turn++ % lingering.length];
      const answers = await Promise.all(batch.map((emission) => client?.ask(emission)));
      for (const [place, emission] of batch.entries()) {
        const answer = answers[place];
        const wrong =
          answer === null || answer === undefined ? 'did not come; the connection closed' : complaint(emission, answer);
        if (wrong !== null) {
          throw new Error(`the answer to ${JSON.stringify(emission).slice(0, 2_000)} ${wrong}`);
        }
      }
      if (turn === 100) {
        settledHeap = liveHeapBytes();
      }
    });

    expect(lingering.flatMap(({ answeredTwice }) => answeredTwice)).toEqual([]);
    expect(liveHeapBytes() - settledHeap).toBeLessThan(HEAP_GROWTH_LIMIT_BYTES);
  });

  test('every request to the REST API is answered in the shape of an ack, with the status of its code', async () => {
    let turn = 0;
    const pool = { chats: chatIds, messages: messageIds, users: [...USERS], tokens };
    await fuzz('rest', 50, restRequests(pool), async (batch) => {
      const token = tokens[turn++ % tokens.length] ?? '';
      await Promise.all(
        batch.map(async (request) => {
          const wrong = restComplaint(await http.request(request, token));
          if (wrong !== null) {
            const { method, path, body } = request;
            throw new Error(`the answer to ${method} ${path} ${body.toString('latin1').slice(0, 1_000)} ${wrong}`);
          }
        }),
      );
    });
  });

  /**
   * After each case a barrier: it is answered, or the case has closed the connection. Whatever comes behind a case that
   * closes is sent again on a new connection, so that every case meets an open one.
   */
  async function sendEach(cases: readonly Frames[], open: () => Promise<RawClient>): Promise<void> {
    let client = await open();
    for (let next = 0; next < cases.length; ) {
      if (!client.isOpen) {
        client = await open();
      }
      const together = cases.slice(next, next + WINDOW);
      const barriers: Promise<unknown>[] = [];
      for (const frames of together) {
        for (const frame of frames) {
          client.send(frame);
        }
        barriers.push(client.barrier());
      }
      const closedBy = (await Promise.all(barriers)).indexOf(null);
      next += closedBy === -1 ? together.length : closedBy + 1;
      expect(client.answeredTwice).toEqual([]);
    }
    await client.close();
  }

  test('every Socket.IO frame is taken or ends its connection', async () => {
    let turn = 0;
    await fuzz('socketIo', 50, socketIoFrames, (batch) => sendEach(batch, () => connect(turn++)));
  });

  test('every engine.io frame is taken or ends its connection', async () => {
    let turn = 0;
    await fuzz('engineIo', 50, engineIoFrames, (batch) => sendEach(batch, () => connect(turn++)));
  });

  test('every body of a polling client is answered', async () => {
    let sid = await http.openSession();
    await fuzz('polling', 50, pollingBody, async (batch) => {
      for (const body of batch) {
        if ((await http.post(sid, body)) !== 200) {
          sid = await http.openSession();
        }
      }
    });
  });

  test('every handshake is answered, and every WebSocket that ends in garbage is let go', async () => {
    await fuzz('handshakes', 50, handshakeQuery, async (batch) => {
      await Promise.all(batch.map((query) => http.get(query)));
    });
    await fuzz('bytes', 20, webSocketBytes, async (batch) => {
      await Promise.all(batch.map((bytes) => http.upgradeAndWrite(bytes)));
    });
  });

  test('the service goes on as if nothing had been', async () => {
    const [buyerId, sellerId] = [8_001, 8_002];
    const buyer = await chat.connect(buyerId);
    const seller = await chat.connect(sellerId, { transports: ['polling'] });
    const { id: chatId } = await buyer.get('chat:create', { buyerId, sellerId });
    await seller.get('chat:join', { chatId });

    const sent = await buyer.get('message:send', { chatId, text: 'still here?' });
    expect(await seller.event('message:new')).toEqual(sent);
    await seller.get('message:send', { chatId, text: 'of course' });
    await expect(buyer.event('message:notification')).resolves.toMatchObject({ chatId, unreadCount: 1 });
    expect((await buyer.get('chat:history', { chatId })).messages.map(({ text }) => text)).toEqual([
      'still here?',
      'of course',
    ]);

    const total = Object.values(done).reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `fuzz cases ${JSON.stringify({ ...done, total })} in ${Math.round((performance.now() - started) / 1_000)} s\n`,
    );
    expect(total).toBeGreaterThanOrEqual(200_000);
    expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted');
  });
});
