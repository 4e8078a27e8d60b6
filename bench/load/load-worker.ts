/** Entry of a load process: holds the sockets of one server under test and does what the bench asks, one at a time. */
import { askAll } from './ask-run.js';
import type { LoadAnswer, LoadCommands, LoadRequest } from './commands.js';
import { RawSocket } from './raw-socket.js';
import { SendRun } from './send-run.js';

/** Connects, creates and joins in flight at once: enough to be quick, too few to fill the listen queue. */
const SETUP_CONCURRENCY = 50;

let sockets: RawSocket[] = [];

function socketAt(index: number): RawSocket {
  const socket = sockets[index];
  if (socket === undefined) {
    throw new Error(`unable to use socket ${index}; only ${sockets.length} are connected`);
  }
  return socket;
}

/** Runs `work` over all items, a few at a time, and keeps the order of the results. */
async function each<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  inFlight = SETUP_CONCURRENCY,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return results;
}

const handlers: { [C in keyof LoadCommands]: (input: LoadCommands[C]['input']) => Promise<LoadCommands[C]['output']> } =
  {
    connect: async ({ url, tokens, inFlight, dialect }) => {
      const startedAt = performance.now();
      sockets.push(...(await each(tokens, (token) => RawSocket.connect(url, token, dialect), inFlight)));
      return { connected: tokens.length, seconds: (performance.now() - startedAt) / 1_000 };
    },
    createChats: async ({ chats }) => {
      const answers = await each(chats, ({ creator, buyerId, sellerId }) =>
        socketAt(creator).command('chat:create', { buyerId, sellerId }),
      );
      return { chatIds: answers.map((answer) => (answer as { data: { id: string } }).data.id) };
    },
    join: async ({ memberships }) => {
      await each(memberships, ({ socket, chatId }) => socketAt(socket).join(chatId));
      return { joined: memberships.length };
    },
    send: (plan) => new SendRun(plan, sockets).run(),
    ask: (plan) => askAll(plan, socketAt),
    command: async ({ socket, event, payload }) => ({ body: await socketAt(socket).command(event, payload) }),
    census: async () => ({
      open: sockets.filter(({ lost }) => lost === null).length,
      firstLoss: sockets.find(({ lost }) => lost !== null)?.lost ?? null,
    }),
    disconnect: async () => {
      const closing = sockets;
      sockets = [];
      await each(closing, (socket) => socket.close());
      return { disconnected: closing.length };
    },
  };

function perform(request: LoadRequest): Promise<LoadCommands[keyof LoadCommands]['output']> {
  switch (request.command) {
    case 'connect':
      return handlers.connect(request.input);
    case 'createChats':
      return handlers.createChats(request.input);
    case 'join':
      return handlers.join(request.input);
    case 'send':
      return handlers.send(request.input);
    case 'ask':
      return handlers.ask(request.input);
    case 'command':
      return handlers.command(request.input);
    case 'census':
      return handlers.census(request.input);
    case 'disconnect':
      return handlers.disconnect(request.input);
  }
}

async function answer(request: LoadRequest): Promise<LoadAnswer> {
  try {
    return { id: request.id, output: await perform(request) };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (request: LoadRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});
/** The bench is gone: nobody is left to load for. */
process.on('disconnect', () => process.exit(0));
