import type { AskReport } from '../load/commands.js';
import { FIRST_USER } from '../load/direct-chats.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { interleave } from '../rounds.js';
import { defineScenario, type Outcome, type Verdict } from '../scenario.js';
import { tokenFor } from '../servers/tokens.js';
import { ratioSpread, spread } from '../statistics.js';
import { fillInboxes } from '../stores/inbox-chats.js';
import type { Subject } from '../testbed.js';

const P99_OF_FEW_LIMIT = 1.3;
const PAGE = 10;
const UNREAD_CHATS = 5;
/** Largest page that the contract allows. */
const WALKED_PAGE = 100;

const CASES = [
  'first page, few',
  'first page, many',
  'any page, many',
  'unread count, few',
  'unread count, many',
] as const;
type Case = (typeof CASES)[number];
/** The same question to an inbox of few chats. */
const OF_FEW: Readonly<Record<Case, Case>> = {
  'first page, few': 'first page, few',
  'first page, many': 'first page, few',
  'any page, many': 'first page, few',
  'unread count, few': 'unread count, few',
  'unread count, many': 'unread count, few',
};

interface MeasuredInbox extends AskReport {
  /** CPU of the server process, microseconds per answer. */
  cpuPerAnswer: number;
}

interface ListPayload {
  cursor?: string;
  limit: number;
}

export const inbox = defineScenario({
  name: 'inbox',
  summary: `pages of ${PAGE} chats and the unread count, of a seller with many chats and of one with few`,
  options: {
    rounds: { default: 5, meaning: 'measurements per case, interleaved' },
    many: { default: 10_000, meaning: 'chats of the one seller' },
    few: { default: 10, meaning: 'chats of the other' },
    others: { default: 50_000, meaning: 'chats of other sellers' },
    answers: { default: 3_000, meaning: 'answers per round and case' },
    asking: { default: 4, meaning: 'sockets that ask at once' },
  },
  async run({ rounds, many, few, others, answers, asking }, testbed) {
    const subject = await testbed.subject('service');
    if (subject.databaseUrl === null) {
      throw new Error('unable to measure the inbox; the service has no database');
    }
    report(`writing ${figure(many + few + others)} chats`);
    const [ofFew, ofMany] = [FIRST_USER, FIRST_USER + 1];
    await fillInboxes(subject.databaseUrl, {
      sellers: [
        { sellerId: ofFew, chats: few },
        { sellerId: ofMany, chats: many },
      ],
      firstBuyerId: FIRST_USER + 2,
      othersChats: others,
      unreadChats: UNREAD_CHATS,
    });
    // The sockets of the seller with few chats come first, then those of the other.
    const tokens = [ofFew, ofMany].flatMap((userId) => Array.from({ length: asking }, () => tokenFor(userId)));
    await subject.load.request('connect', { url: subject.server.url, tokens });
    await demandUnread(subject, 0);
    await demandUnread(subject, asking);
    await demandPage(subject, 0);
    const cursors = await cursorsOf(subject, asking, many);
    const anyCursor = () => cursors[Math.floor(Math.random() * cursors.length)] ?? '';
    const questions: Readonly<Record<Case, { firstSocket: number; event: string; payload: () => object }>> = {
      'first page, few': { firstSocket: 0, event: 'chat:list', payload: () => ({ limit: PAGE }) },
      'first page, many': { firstSocket: asking, event: 'chat:list', payload: () => ({ limit: PAGE }) },
      'any page, many': {
        firstSocket: asking,
        event: 'chat:list',
        payload: () => ({ limit: PAGE, cursor: anyCursor() }),
      },
      'unread count, few': { firstSocket: 0, event: 'chat:unread-count', payload: () => ({}) },
      'unread count, many': { firstSocket: asking, event: 'chat:unread-count', payload: () => ({}) },
    };
    const ask = async (name: Case): Promise<MeasuredInbox> => {
      const { firstSocket, event, payload } = questions[name];
      const requests = Array.from({ length: answers }, (_, index) => ({
        socket: firstSocket + (index % asking),
        payload: JSON.stringify(payload()),
      }));
      const before = subject.server.cpu();
      const asked = await subject.load.request('ask', { event, requests, inFlight: asking });
      return { ...asked, cpuPerAnswer: (subject.server.cpu() - before) / answers };
    };
    for (const name of CASES) {
      await ask(name);
    }
    const measured = await interleave(rounds, CASES, async (name, round) => {
      const run = await ask(name);
      report(`round ${round + 1} ${name}: p99 ${figure(run.latency.p99)} ms`);
      return run;
    });
    return outcome(measured, { many, few });
  },
});

async function list({ load }: Subject, socket: number, payload: ListPayload) {
  const { body } = await load.request('command', { socket, event: 'chat:list', payload });
  return (body as { data: { chats: unknown[]; nextCursor: string | null } }).data;
}

/** A page that is quick because it is empty would prove nothing. */
async function demandPage(subject: Subject, socket: number): Promise<void> {
  const { chats } = await list(subject, socket, { limit: PAGE });
  if (chats.length !== PAGE) {
    throw new Error(`unable to measure the inbox; its first page held ${chats.length} chats`);
  }
}

/** So would a count of nothing. */
async function demandUnread({ load }: Subject, socket: number): Promise<void> {
  const { body } = await load.request('command', { socket, event: 'chat:unread-count', payload: {} });
  const { unreadChats } = (body as { data: { unreadChats: number } }).data;
  if (unreadChats !== UNREAD_CHATS) {
    throw new Error(`unable to measure the inbox; ${unreadChats} chats are unread, not ${UNREAD_CHATS}`);
  }
}

/** Places all over an inbox, each with a full page behind it. Walks through the whole, so that it is known to be there. */
async function cursorsOf(subject: Subject, socket: number, chats: number): Promise<string[]> {
  const cursors: string[] = [];
  let [cursor, seen]: [string | null, number] = [null, 0];
  do {
    const page = await list(subject, socket, { limit: WALKED_PAGE, ...(cursor === null ? {} : { cursor }) });
    seen += page.chats.length;
    cursor = page.nextCursor;
    if (cursor !== null && chats - seen >= PAGE) {
      cursors.push(cursor);
    }
  } while (cursor !== null);
  if (seen !== chats || cursors.length === 0) {
    throw new Error(`unable to measure the inbox; its pages held ${seen} chats of ${chats}`);
  }
  return cursors;
}

function outcome(
  measured: Readonly<Record<Case, readonly MeasuredInbox[]>>,
  chats: { many: number; few: number },
): Outcome {
  const p99 = (name: Case) => measured[name].map(({ latency }) => latency.p99);
  const median = (name: Case, of: (run: MeasuredInbox) => number) => figure(spread(measured[name].map(of)).median);
  const ofFew = (name: Case) => ratioSpread(p99(name), p99(OF_FEW[name]));
  const titleOf = (name: Case) =>
    name.replace('few', `${chats.few} chats`).replace('many', `${chats.many.toLocaleString('en-US')} chats`);
  return {
    columns: ['asked for', 'p50 ms', 'p99 ms', 'p99 x few', 'answers/s', 'CPU us/answer'],
    rows: CASES.map((name) => [
      titleOf(name),
      median(name, ({ latency }) => latency.p50),
      spreadFigure(spread(p99(name))),
      spreadFigure(ofFew(name)),
      median(name, ({ answered, seconds }) => answered / seconds),
      median(name, ({ cpuPerAnswer }) => cpuPerAnswer),
    ]),
    verdicts: CASES.filter((name) => name !== OF_FEW[name]).map(
      (name): Verdict => ({
        figure: `p99 of ${titleOf(name)}, over ${titleOf(OF_FEW[name])}`,
        value: ofFew(name).median,
        limit: P99_OF_FEW_LIMIT,
        must: 'stay below',
      }),
    ),
    measurements: measured,
  };
}
