import type { AskReport } from '../load/commands.js';
import { FIRST_USER } from '../load/direct-chats.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { interleave } from '../rounds.js';
import { type Attachment, defineScenario, type Outcome } from '../scenario.js';
import { tokenFor } from '../servers/tokens.js';
import { spread } from '../statistics.js';
import { fillArchive } from '../stores/chat-archive.js';
import { type RecordedSync, recordSync } from '../stores/recorded-sync.js';
import type { Subject } from '../testbed.js';

interface MeasuredSync extends AskReport {
  /** CPU of the server process, microseconds per sync. */
  cpuPerSync: number;
}

interface Cursor {
  chatId: string;
  rev: number;
}

/** What a client asks that was away: so many cursors, of which so many chats went on. */
interface Case {
  name: string;
  cursors: readonly Cursor[];
  changed: number;
  recorded: RecordedSync;
}

export const sync = defineScenario({
  name: 'sync',
  summary: 'a client catches up with many chats, few of which changed',
  options: {
    rounds: { default: 5, meaning: 'measurements per case, interleaved' },
    cursors: { default: 200, meaning: 'chats of the client' },
    changed: { default: 10, meaning: 'chats that changed while it was away' },
    news: { default: 5, meaning: 'new messages in each of those' },
    depth: { default: 1_000, meaning: 'messages in every chat' },
    others: { default: 50_000, meaning: 'chats of other users' },
    syncs: { default: 1_000, meaning: 'syncs per round and case, one after the other' },
  },
  async run({ rounds, cursors, changed, news, depth, others, syncs }, testbed) {
    const subject = await testbed.subject('service');
    const { databaseUrl, server, load } = subject;
    if (databaseUrl === null) {
      throw new Error('unable to measure sync; the service has no database');
    }
    report(`writing ${figure(cursors * depth)} messages`);
    const buyerId = FIRST_USER;
    const chatIds = await fillArchive(databaseUrl, {
      buyerId,
      firstSellerId: buyerId + 1,
      chats: cursors,
      messagesPerChat: depth,
      othersChats: others,
    });
    await load.request('connect', { url: server.url, tokens: [tokenFor(buyerId)] });
    const makeCase = async (asked: number, behind: number): Promise<Case> => {
      // Every n-th chat is behind, so that the changed ones lie among the others.
      const step = behind === 0 ? Number.POSITIVE_INFINITY : Math.floor(asked / behind);
      const positions = chatIds.slice(0, asked).map((chatId, index) => ({
        chatId,
        rev: index % step === 0 && index / step < behind ? depth - news : depth,
      }));
      await demandNews(subject, positions, behind * news);
      const recorded = await recordSync(databaseUrl, String(buyerId), positions);
      return { name: `${behind} of ${asked}`, cursors: positions, changed: behind, recorded };
    };
    const cases = [
      await makeCase(cursors, changed),
      await makeCase(changed, changed),
      await makeCase(cursors, 0),
    ] as const;
    const measured = await interleave(
      rounds,
      cases.map(({ name }) => name),
      async (name, round) => {
        const { cursors: asked } = cases.find((one) => one.name === name) ?? cases[0];
        const run = await ask(subject, asked, syncs);
        report(`round ${round + 1} ${name} changed: p50 ${figure(run.latency.p50)} ms`);
        return run;
      },
    );
    return outcome(cases, measured);
  },
});

/** A sync that is quick because it finds nothing would prove nothing. */
async function demandNews({ load }: Subject, cursors: readonly Cursor[], expected: number): Promise<void> {
  const { body } = await load.request('command', { socket: 0, event: 'chat:sync', payload: { chats: cursors } });
  const { chats } = (body as { data: { chats: { resync: boolean; messages: unknown[] }[] } }).data;
  const messages = chats.reduce((sum, chat) => sum + chat.messages.length, 0);
  if (messages !== expected || chats.some(({ resync }) => resync)) {
    throw new Error(`unable to measure sync; it answered ${messages} messages, there are ${expected}`);
  }
}

async function ask({ server, load }: Subject, cursors: readonly Cursor[], syncs: number): Promise<MeasuredSync> {
  const payload = JSON.stringify({ chats: cursors });
  const requests = Array.from({ length: syncs }, () => ({ socket: 0, payload }));
  const before = server.cpu();
  const asked = await load.request('ask', { event: 'chat:sync', requests, inFlight: 1 });
  return { ...asked, cpuPerSync: (server.cpu() - before) / syncs };
}

function outcome(cases: readonly Case[], measured: Readonly<Record<string, readonly MeasuredSync[]>>): Outcome {
  const medianOf = (name: string, of: (run: MeasuredSync) => number) =>
    spreadFigure(spread((measured[name] ?? []).map(of)));
  return {
    columns: [
      'chats changed',
      'statements',
      'ranges of messages read',
      'pages read',
      'in PostgreSQL ms',
      'answer p50 ms',
      'p99 ms',
      'CPU us/sync',
    ],
    rows: cases.map(({ name, recorded }) => [
      name,
      String(recorded.statements),
      String(recorded.messageRanges),
      String(recorded.pages),
      figure(recorded.executionMs),
      medianOf(name, ({ latency }) => latency.p50),
      medianOf(name, ({ latency }) => latency.p99),
      medianOf(name, ({ cpuPerSync }) => cpuPerSync),
    ]),
    verdicts: cases.flatMap(({ name, changed, recorded }) => [
      { figure: `statements, ${name} changed`, value: recorded.statements, limit: 1, must: 'be' as const },
      {
        figure: `ranges of messages read, ${name} changed`,
        value: recorded.messageRanges,
        limit: changed,
        must: 'be' as const,
      },
    ]),
    attachments: cases.map(
      ({ name, recorded }): Attachment => ({ title: `The statement's plan, ${name} changed:`, text: recorded.plan }),
    ),
    measurements: measured,
  };
}
