import type { AskReport } from '../load/commands.js';
import { FIRST_USER } from '../load/direct-chats.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import { tokenFor } from '../servers/tokens.js';
import { ratioSpread, spread } from '../statistics.js';
import { fillArchive } from '../stores/chat-archive.js';
import type { Subject, Testbed } from '../testbed.js';

const SIZES = ['few', 'many'] as const;
type Size = (typeof SIZES)[number];
type Measured = Readonly<Record<Size, readonly MeasuredHistory[]>>;

const P99_OF_FEW_LIMIT = 1.3;
const PAGE = 50;

interface MeasuredHistory extends AskReport {
  /** CPU of the server process, microseconds per page. */
  cpuPerPage: number;
}

interface Ready {
  subject: Subject;
  chatIds: readonly string[];
  messagesPerChat: number;
}

export const history = defineScenario({
  name: 'history',
  summary: `pages of ${PAGE} messages from any depth of a chat, with many and with few messages in the database`,
  options: {
    rounds: { default: 5, meaning: 'measurements per database, interleaved' },
    many: { default: 5_000_000, meaning: 'messages in the large database' },
    few: { default: 50_000, meaning: 'messages in the small one' },
    chats: { default: 50, meaning: 'chats that the messages of either are in, evenly' },
    pages: { default: 5_000, meaning: 'pages per round and database, each from a random place of a random chat' },
    asking: { default: 4, meaning: 'sockets that ask at once' },
  },
  async run({ rounds, many, few, chats, pages, asking }, testbed) {
    const rows = { few, many };
    const ready = await inTurn(SIZES, async (size) => {
      const prepared = await prepare(testbed, size, { chats, messagesPerChat: Math.floor(rows[size] / chats), asking });
      await ask(prepared, pages, asking);
      return prepared;
    });
    const measured = await interleave(rounds, SIZES, async (size, round) => {
      const run = await ask(ready[size], pages, asking);
      report(`round ${round + 1} ${figure(rows[size])} messages: p99 ${figure(run.latency.p99)} ms`);
      return run;
    });
    return outcome(measured, rows);
  },
});

async function prepare(
  testbed: Testbed,
  size: Size,
  { chats, messagesPerChat, asking }: { chats: number; messagesPerChat: number; asking: number },
): Promise<Ready> {
  const subject = await testbed.subject('service', { label: `service-${size}` });
  if (subject.databaseUrl === null) {
    throw new Error('unable to measure history; the service has no database');
  }
  report(`writing ${figure(chats * messagesPerChat)} messages`);
  const buyerId = FIRST_USER;
  const chatIds = await fillArchive(subject.databaseUrl, {
    buyerId,
    firstSellerId: buyerId + 1,
    chats,
    messagesPerChat,
    othersChats: 0,
  });
  const tokens = Array.from({ length: asking }, () => tokenFor(buyerId));
  await subject.load.request('connect', { url: subject.server.url, tokens });
  const ready = { subject, chatIds, messagesPerChat };
  await demandFullPage(ready);
  return ready;
}

/** Any place that has a full page before it. */
function randomPage({ chatIds, messagesPerChat }: Ready): { chatId: string | undefined; beforeSeq: number } {
  return {
    chatId: chatIds[Math.floor(Math.random() * chatIds.length)],
    beforeSeq: PAGE + 1 + Math.floor(Math.random() * (messagesPerChat - PAGE + 1)),
  };
}

/** A page that is quick because it is empty would prove nothing. */
async function demandFullPage(ready: Ready): Promise<void> {
  const { beforeSeq, ...page } = randomPage(ready);
  const payload = { ...page, beforeSeq, limit: PAGE };
  const { body } = await ready.subject.load.request('command', { socket: 0, event: 'chat:history', payload });
  const { messages } = (body as { data: { messages: { seq: number }[] } }).data;
  if (messages.length !== PAGE || messages.at(-1)?.seq !== beforeSeq - 1) {
    throw new Error(`unable to measure history; a page before ${beforeSeq} held ${messages.length} messages`);
  }
}

async function ask(ready: Ready, pages: number, asking: number): Promise<MeasuredHistory> {
  const { server, load } = ready.subject;
  const requests = Array.from({ length: pages }, (_, index) => ({
    socket: index % asking,
    payload: JSON.stringify({ ...randomPage(ready), limit: PAGE }),
  }));
  const before = server.cpu();
  const asked = await load.request('ask', { event: 'chat:history', requests, inFlight: asking });
  return { ...asked, cpuPerPage: (server.cpu() - before) / pages };
}

function outcome(measured: Measured, rows: Readonly<Record<Size, number>>): Outcome {
  const p99 = (size: Size) => measured[size].map(({ latency }) => latency.p99);
  const median = (size: Size, of: (run: MeasuredHistory) => number) => figure(spread(measured[size].map(of)).median);
  const p99OfFew = (size: Size) => ratioSpread(p99(size), p99('few'));
  return {
    columns: ['messages stored', 'page p50 ms', 'p99 ms', 'p99 x few', 'pages/s', 'CPU us/page'],
    rows: SIZES.map((size) => [
      figure(rows[size]),
      median(size, ({ latency }) => latency.p50),
      spreadFigure(spread(p99(size))),
      spreadFigure(p99OfFew(size)),
      median(size, ({ answered, seconds }) => answered / seconds),
      median(size, ({ cpuPerPage }) => cpuPerPage),
    ]),
    verdicts: [
      {
        figure: `p99 of a page, ${figure(rows.many)} messages over ${figure(rows.few)}`,
        value: p99OfFew('many').median,
        limit: P99_OF_FEW_LIMIT,
        must: 'stay below',
      },
    ],
    measurements: measured,
  };
}
