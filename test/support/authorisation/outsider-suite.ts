import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Ack,
  type CommandName,
  commands,
  httpStatus,
  type RouteName,
  routeList,
  routes,
} from '../../../src/contract/index.js';
import { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { newUserId, type Pair, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { type RestAnswer, RestClient } from '../rest/rest-client.js';
import { type MembersView, membersView } from './members-view.js';
import { outsiderCase, type Target } from './outsider-table.js';

const commandNames = Object.keys(commands) as CommandName[];
const routeNames = Object.keys(routes) as RouteName[];

/** A chat of two who have joined it, and somebody who may know its ids but is not, or no longer, in it. */
export interface Outside {
  pair: Pair;
  userId: number;
  socket: TestClient;
}

/** Tries every command and every route as somebody outside of a chat. */
export function refusesOutsiders(settle: (chat: TestChat) => Promise<Outside>): void {
  let chat: TestChat;
  let pair: Pair;
  let ofOthers: Target;
  let ofNobody: Target;
  let socket: TestClient;
  let rest: RestClient;
  let seen: MembersView;

  beforeAll(async () => {
    chat = await TestChat.start({ env: UNLIMITED });
    const outside = await settle(chat);
    ({ pair, socket } = outside);
    const { buyer, buyerId, sellerId, chatId } = pair;
    rest = RestClient.of(chat, outside.userId);
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'between us' });
    await buyer.get('typing:start', { chatId });
    const foreignToken = chat.marketplace.token({ userId: buyerId });
    ofOthers = { chatId, messageId, buyerId, sellerId, foreignToken };
    ofNobody = {
      chatId: randomUUID(),
      messageId: randomUUID(),
      buyerId: newUserId(),
      sellerId: newUserId(),
      foreignToken,
    };
    await Promise.all([pair.buyer.barrier(), pair.seller.barrier()]);
    seen = await membersView(pair);
  });
  afterAll(() => chat.stop());

  function expectAnswer(name: CommandName, answer: Ack<unknown>, target: Target): void {
    const { answer: expected } = outsiderCase(name);
    if (typeof expected === 'function') {
      expect(answer).toEqual({ success: true, data: expected(target) });
    } else if (answer.success) {
      expect.unreachable(`${name} succeeded`);
    } else {
      expectRefusal(answer.error, expected);
    }
  }

  it.each(commandNames)('%s over Socket.IO tells nothing and does nothing', async (name) => {
    const { payload, answer } = outsiderCase(name);

    const real = await socket.askRaw(name, payload(ofOthers));
    const absent = await socket.askRaw(name, payload(ofNobody));

    expectAnswer(name, real, ofOthers);
    expectAnswer(name, absent, ofNobody);
    if (typeof answer === 'string') {
      expect(absent).toEqual(real);
    }
    expect(await membersView(pair)).toEqual(seen);
  });

  it.each(routeNames)('%s tells nothing and does nothing', async (name) => {
    const { command, status } = routes[name];
    const { payload, answer } = outsiderCase(command);

    const real = await rest.ask(name, payload(ofOthers));
    const absent = await rest.ask(name, payload(ofNobody));

    expectAnswer(command, real.body, ofOthers);
    expectAnswer(command, absent.body, ofNobody);
    expect(real.status).toBe(typeof answer === 'string' ? httpStatus[answer] : status);
    expect(absent.status).toBe(real.status);
    if (typeof answer === 'string') {
      expect(absent.body).toEqual(real.body);
    }
    expect(await membersView(pair)).toEqual(seen);
  });

  describe('without a good token', () => {
    it.each(routeList)('$name is refused before anything else', async ({ name, command }) => {
      const payload = outsiderCase(command).payload(ofOthers);
      const { marketplace } = chat;
      const { buyerId: userId } = pair;
      const ask = (token: string | null): Promise<RestAnswer> => new RestClient(chat.url(), token).ask(name, payload);

      for (const [token, code] of [
        [null, 'TOKEN_REQUIRED'],
        ['garbage', 'TOKEN_INVALID'],
        [marketplace.token({ userId, secret: 'of somebody else' }), 'TOKEN_INVALID'],
        [marketplace.token({ userId, expiresInSeconds: -1 }), 'TOKEN_EXPIRED'],
      ] as const) {
        const { status, headers, body } = await ask(token);
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toBe('Bearer');
        expect(body).toMatchObject({ success: false, error: { code } });
      }
      expect(await membersView(pair)).toEqual(seen);
    });

    it('no command of a connection is carried out', async () => {
      const answers: Ack<unknown>[] = [];
      const refused = chat.dial();
      // Sent in one go with the connection itself, before it can be closed.
      for (const name of commandNames) {
        refused.tell(name, outsiderCase(name).payload(ofOthers), (answer: Ack<unknown>) => answers.push(answer));
      }

      await refused.disconnected();

      expect(refused.received('auth:error')).toMatchObject([{ code: 'TOKEN_REQUIRED' }]);
      for (const answer of answers) {
        expect(answer).toMatchObject({ success: false, error: { code: 'TOKEN_REQUIRED' } });
      }
      expect(await membersView(pair)).toEqual(seen);
    });
  });
}
