import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { httpStatus } from '../../../src/contract/index.js';
import { routes } from '../../../src/dialects/conversations/routes.js';
import { type MembersView, membersView } from '../../support/authorisation/members-view.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import type { DialectClient } from '../../support/dialects/dialect-client.js';
import { eventDialects, GuardedGroup } from '../../support/dialects/guarded-group.js';
import { type Attempt, outsiderAttempts } from '../../support/dialects/outsider-phrases.js';
import { routeAttempts } from '../../support/dialects/outsider-routes.js';
import { type RestAnswer, RestClient } from '../../support/rest/rest-client.js';

const PATIENCE = { timeout: 10_000 };
/** Long enough to connect on two busy cores. */
const SHORT_LIFE_SECONDS = 3;

type Answer = Awaited<ReturnType<DialectClient['ask']>>;

const outsiders = ['stranger', 'formerMember'] as const;

let chat: TestChat;
let group: GuardedGroup;
let seen: MembersView;

beforeAll(async () => {
  chat = await TestChat.start({
    env: { ...UNLIMITED, DIALECTS: eventDialects.join(','), AUTH_EXPIRY_GRACE_SECONDS: '600' },
  });
  group = await GuardedGroup.open(chat);
});
afterAll(async () => {
  group.close();
  await chat.stop();
});

/** Call when all that a test needs is there. */
async function look(): Promise<void> {
  seen = await membersView(group.members);
}

async function expectNothingDone(): Promise<void> {
  expect(await membersView(group.members)).toEqual(seen);
}

function ask(client: DialectClient, phrase: string, { said }: Attempt): Promise<Answer> {
  return said === undefined ? client.ask(phrase) : client.ask(phrase, said);
}

/** For words that end a connection, which no ack outlives. */
async function askLast(client: DialectClient, phrase: string): Promise<Answer> {
  client.say(phrase);
  await client.disconnected();
  return { ack: { success: true, data: null }, words: client.heard };
}

function expectAnswer({ ack, words }: Answer, { answer }: Attempt): void {
  if (typeof answer !== 'string') {
    expect(words).toEqual(answer);
    expect(ack.success).toBe(true);
    return;
  }
  expect(words).toMatchObject([{ args: [{ code: answer }] }]);
  expect(ack.success).toBe(false);
  if (!ack.success) {
    expectRefusal(ack.error, answer);
  }
}

describe.each(eventDialects.flatMap((dialect) => outsiders.map((who) => ({ dialect, who }))))(
  'in the dialect $dialect, to a $who',
  ({ dialect, who }) => {
    let userId: number;
    let client: DialectClient;

    beforeAll(async () => {
      ({ userId, client } = await group[who](dialect));
    });
    beforeEach(look);

    /** Tries one after the other. @returns how those were answered that are refused */
    async function refusalsOf(phrase: string, attempts: readonly Attempt[]): Promise<Answer[]> {
      const refusals: Answer[] = [];
      for (const attempt of attempts) {
        const answer = attempt.ends
          ? await askLast(await group.connect(dialect, userId), phrase)
          : await ask(client, phrase, attempt);
        expectAnswer(answer, attempt);
        if (typeof attempt.answer === 'string') {
          refusals.push(answer);
        }
      }
      return refusals;
    }

    it.each(Object.entries(outsiderAttempts(dialect)))(
      '%s tells nothing and does nothing',
      async (phrase, attempts) => {
        for (const { ofMembers, ofNobody } of group.aims(dialect)) {
          const refusals = await refusalsOf(phrase, attempts(ofMembers));
          expect(await refusalsOf(phrase, attempts(ofNobody))).toEqual(refusals);
        }
        await expectNothingDone();
        expect(group.signsOf(userId)).toEqual([]);
      },
    );
  },
);

describe.each(outsiders)('over HTTP in the dialect conversations, to a %s', (who) => {
  let rest: RestClient;

  beforeAll(async () => {
    const { userId } = await group[who]('conversations');
    rest = RestClient.of(chat, userId);
  });
  beforeEach(look);

  it.each(routes)('$method $path tells nothing and does nothing', async (route) => {
    for (const { ofMembers, ofNobody } of group.aims('conversations')) {
      const atNobody = routeAttempts(route, ofNobody);
      for (const [index, attempt] of routeAttempts(route, ofMembers).entries()) {
        const real = await send(rest, route.method, attempt);
        const absent = await send(rest, route.method, atNobody[index] ?? attempt);
        expect({ status: absent.status, body: absent.body }).toEqual({ status: real.status, body: real.body });
        if (typeof attempt.answer !== 'string') {
          expect(real.body).toEqual({ success: true, ...attempt.answer });
        } else if (real.body.success) {
          expect.unreachable(`${route.method} ${route.path} succeeded`);
        } else {
          expect(real.status).toBe(httpStatus[attempt.answer]);
          expectRefusal(real.body.error, attempt.answer);
        }
      }
    }
    await expectNothingDone();
  });
});

function send(rest: RestClient, method: string, { path, body }: { path: string; body?: object }): Promise<RestAnswer> {
  return rest.send(method, path, body === undefined ? {} : { body: JSON.stringify(body) });
}

describe('without a good token', () => {
  beforeEach(look);

  it.each(routes)('$method $path is refused before anything else', async (route) => {
    const { buyerId: userId } = group.members;
    for (const [token, code] of [
      [null, 'TOKEN_REQUIRED'],
      ['garbage', 'TOKEN_INVALID'],
      [chat.marketplace.token({ userId, expiresInSeconds: -1 }), 'TOKEN_EXPIRED'],
    ] as const) {
      const rest = new RestClient(chat.url(), token);
      for (const { ofMembers } of group.aims('conversations')) {
        for (const attempt of routeAttempts(route, ofMembers)) {
          const { status, body } = await send(rest, route.method, attempt);
          expect(status).toBe(401);
          expect(body).toMatchObject({ success: false, error: { code } });
        }
      }
    }
    await expectNothingDone();
  });

  it.each(eventDialects)(
    'nothing is carried out of what comes in one go with a refused connection, in %s',
    async (dialect) => {
      const token = chat.marketplace.token({ userId: group.members.buyerId, expiresInSeconds: -1 });
      const refused = group.dial(dialect, token);
      const codes: unknown[] = [];
      refused.socket.on('connect_error', (error) => codes.push((error as { data?: { code?: unknown } }).data?.code));
      for (const [phrase, { said }] of attemptsAtMembers(dialect)) {
        refused.say(phrase, said);
      }

      const told = () => [...codes, ...refused.heard.map(({ args }) => (args[0] as { code?: unknown }).code)];
      await expect.poll(told, PATIENCE).toContain('TOKEN_EXPIRED');
      await refused.disconnected();

      expect(told().filter((code) => code !== 'TOKEN_EXPIRED' && code !== 'TOKEN_REQUIRED')).toEqual([]);
      await expectNothingDone();
    },
  );

  it.each(eventDialects)(
    'nothing is carried out of what a member says whose token has expired, in %s',
    async (dialect) => {
      const token = chat.marketplace.token({ userId: group.members.sellerId, expiresInSeconds: SHORT_LIFE_SECONDS });
      const client = await group.dial(dialect, token).connected();
      await expect.poll(() => JSON.stringify(client.heard), PATIENCE).toContain('TOKEN_EXPIRED');
      for (const [phrase, attempt] of attemptsAtMembers(dialect)) {
        // Another token is what he is asked for; one of somebody else is refused as that.
        const answer = attempt.answer === 'TOKEN_USER_MISMATCH' ? attempt.answer : 'TOKEN_EXPIRED';
        expectAnswer(await ask(client, phrase, attempt), { ...attempt, answer });
      }
      await expectNothingDone();
    },
  );

  it('nothing is carried out of what is said before a login, in live', async () => {
    for (const { ofMembers, ofNobody } of group.aims('live')) {
      for (const aim of [ofMembers, ofNobody]) {
        for (const [phrase, attempts] of Object.entries(outsiderAttempts('live'))) {
          // A connection that goes on talking before its login is closed.
          const client = await group.dial('live').connected();
          for (const attempt of phrase.startsWith('auth:') ? [] : attempts(aim)) {
            expectAnswer(await ask(client, phrase, attempt), { ...attempt, answer: 'TOKEN_REQUIRED' });
          }
        }
      }
    }
    await expectNothingDone();
  });

  /** All that can be said about the members' chat and leaves the connection open, also by a member. */
  function attemptsAtMembers(dialect: (typeof eventDialects)[number]): [phrase: string, attempt: Attempt][] {
    return group
      .aims(dialect)
      .flatMap(({ ofMembers }) =>
        Object.entries(outsiderAttempts(dialect)).flatMap(([phrase, attempts]) =>
          attempts(ofMembers).map((attempt): [string, Attempt] => [phrase, attempt]),
        ),
      )
      .filter(([, { ends }]) => ends !== true);
  }
});
