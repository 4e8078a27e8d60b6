import { beforeEach, describe, expect, it } from 'vitest';
import type { Authenticator } from '../../../src/auth/authenticator.js';
import type { Config } from '../../../src/config/config.js';
import { ChatError } from '../../../src/contract/index.js';
import { conversations } from '../../../src/dialects/conversations/conversations.js';
import { type AnyCall, call, type Dialect, type Spoken } from '../../../src/dialects/dialect.js';
import { rooms } from '../../../src/dialects/rooms/rooms.js';
import type { ProfilesService } from '../../../src/profiles/profiles.service.js';
import type { ChatNumbersRepository } from '../../../src/translation/chat-numbers.repository.js';
import { FactFinder } from '../../../src/translation/facts.js';
import { Interpreter, type RunPaid } from '../../../src/translation/interpreter.js';
import { CHAT_ID, message } from '../../support/dialects/every-event.js';
import { speaker } from '../../support/dialects/map-probe.js';

const CONVERSATION = 3;
const unavailable = new ChatError('UNAVAILABLE', 'send message', 'the database is out of reach; try again soon');

describe('what is said of a command', () => {
  /** What reached the command, after all that came before it. */
  let executed: unknown[];
  let said: Spoken[];
  let lost: unknown[];
  /** Whether the numbers of chats can be read by their ids. The other way round they always can. */
  let numbersAreThere: boolean;
  let asked: unknown[];
  let interpreter: Interpreter;

  beforeEach(() => {
    executed = [];
    said = [];
    lost = [];
    asked = [];
    numbersAreThere = true;
    const repository = {
      numbersOf: async () => {
        if (!numbersAreThere) {
          throw unavailable;
        }
        return new Map([[CHAT_ID, CONVERSATION]]);
      },
      chatIdOf: async (number: number) => {
        asked.push(number);
        return number === CONVERSATION ? CHAT_ID : null;
      },
    };
    const facts = new FactFinder(
      { dialects: { enabled: [] } } as unknown as Config,
      repository as unknown as ChatNumbersRepository,
      { of: async () => new Map() } as unknown as ProfilesService,
      {} as Authenticator,
    );
    interpreter = new Interpreter(facts);
  });

  const run: RunPaid = async (_, payload, prepare) => {
    executed.push(await prepare(payload));
    return message;
  };

  function perform(anyCall: AnyCall, dialect: Dialect = conversations) {
    return interpreter.perform(anyCall, dialect, {
      run,
      fault: (thrown) => thrown as ChatError,
      say: (words) => said.push(...words),
      lose: (thrown) => lost.push(thrown),
    });
  }

  function send(chat: unknown): AnyCall {
    const sent = { conversationId: chat, content: 'Hello!', tempId: 1 };
    const meaning = conversations.read('message:send', [sent], speaker());
    if (meaning.kind !== 'call') {
      throw new Error('a message is not sent');
    }
    return meaning.call;
  }

  function sendOverHttp(conversationId: unknown) {
    const route = conversations.routes?.find(({ path }) => path === '/messages');
    const request = { userId: 123, fields: {}, query: {}, body: { conversationId, content: 'Hello!' } };
    if (route === undefined) {
      throw new Error('no route sends messages');
    }
    return interpreter.answer(route.read(request), conversations, run);
  }

  it('is told with a number that was known before it ran, so that nothing of it can fail afterwards', async () => {
    numbersAreThere = false;
    expect(await perform(send(CONVERSATION))).toEqual({ data: message });
    expect(said).toMatchObject([{ event: 'message:sent', args: [{ message: { conversationId: CONVERSATION } }] }]);
    expect(await sendOverHttp(CONVERSATION)).toMatchObject({ conversationId: CONVERSATION });
    expect(lost).toEqual([]);
  });

  it('is that it failed, where the chat is named by its id and has no number yet that could be read: it did not run', async () => {
    numbersAreThere = false;
    expect(await perform(send(CHAT_ID))).toEqual({ error: unavailable });
    expect(said).toMatchObject([{ event: 'message:error', args: [{ code: 'UNAVAILABLE' }] }]);
    await expect(sendOverHttp(CHAT_ID)).rejects.toBe(unavailable);
    expect(executed).toEqual([]);
  });

  it('is never that it failed, where it succeeded and there are no words: the client is cut', async () => {
    const bug = new RangeError('no words');
    const wordless = call<'message:send'>({
      command: 'message:send',
      payload: { chatId: CHAT_ID, text: 'Hello!' },
      answered: () => {
        throw bug;
      },
      failed: () => [{ event: 'message:error', args: [] }],
    });
    expect(await perform(wordless)).toEqual({ data: message });
    expect(executed).toHaveLength(1);
    expect(said).toEqual([]);
    expect(lost).toEqual([bug]);
  });

  it('is not that it failed, where what follows from it does: that is told by its own name, and cost nothing', async () => {
    const meaning = rooms.read('createChatRoom', [{ name: 'Delivery', participantIds: [2] }], speaker());
    if (meaning.kind !== 'call') {
      throw new Error('a room is not created');
    }
    const prices: boolean[] = [];
    const outcome = await interpreter.perform(meaning.call, rooms, {
      run: async (command, _payload, _prepare, follows) => {
        prices.push(follows);
        if (command === 'chat:join') {
          throw unavailable;
        }
        return { id: CHAT_ID };
      },
      fault: (thrown) => thrown as ChatError,
      say: (words) => said.push(...words),
      lose: (thrown) => lost.push(thrown),
    });
    expect(outcome).toEqual({ data: { id: CHAT_ID } });
    expect(prices).toEqual([false, true]);
    expect(said).toMatchObject([{ event: 'error', args: [{ event: 'joinChatRoom', code: 'UNAVAILABLE' }] }]);
    expect(lost).toEqual([]);
  });

  it.each([1.5, 1e300, -1, Number.NaN])('is left to the command, where a chat is named %j', async (chat) => {
    await perform(send(chat));
    expect(executed).toMatchObject([{ chatId: chat }]);
    expect(asked).toEqual([]);
  });

  it('is as of an absent chat, where no chat has the number', async () => {
    await perform(send(7));
    expect(executed).toMatchObject([{ chatId: '7' }]);
  });

  it('is left to the command, where a chat of a dialect without numbers is named by one', async () => {
    const meaning = rooms.read('sendMessage', [{ chatRoomId: CONVERSATION, content: 'Hello!' }], speaker());
    if (meaning.kind !== 'call') {
      throw new Error('a message is not sent');
    }
    await perform(meaning.call, rooms);
    expect(executed).toMatchObject([{ chatId: CONVERSATION }]);
    expect(asked).toEqual([]);
  });
});
