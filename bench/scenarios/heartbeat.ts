import { setTimeout as wait } from 'node:timers/promises';
import { joinDirectChats } from '../load/direct-chats.js';
import type { LoadProcess } from '../load/load-process.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import { cpuWhenQuiet } from '../servers/quiet.js';
import { spread } from '../statistics.js';
import type { Subject } from '../testbed.js';

/** The shortest life of a presence that the configuration takes, and the longest; a third of it lies between renewals. */
const PRESENCE_TTL_SECONDS = { renewing: '3', resting: '86400' } as const;
const RENEWAL_SECONDS = 1;
/** As shipped: `PRESENCE_TTL_SECONDS` is 300. */
const SHIPPED_RENEWAL_SECONDS = 100;
const EXTRAPOLATED_SOCKETS = 50_000;
const CORE_SHARE_LIMIT = 0.01;
const SECOND_IN_MICROS = 1_000_000;

const SUBJECTS = ['resting', 'renewing'] as const;
type Name = (typeof SUBJECTS)[number];
/** CPU of the process, microseconds per second. */
type Measured = Readonly<Record<Name, readonly number[]>>;

export const heartbeat = defineScenario({
  name: 'heartbeat',
  summary: 'renewing the presence of idle users in Redis, against the same users without renewals',
  options: {
    rounds: { default: 5, meaning: 'measurements with and without renewals, interleaved' },
    sockets: { default: 5_000, meaning: 'users with one socket each' },
    seconds: { default: 20, meaning: 'length of a measurement, with one renewal of everybody each second' },
  },
  async run({ rounds, sockets, seconds }, testbed) {
    const ready = await inTurn(SUBJECTS, async (name) => {
      const subject = await testbed.subject('service-redis', {
        label: `service-redis-${name}`,
        env: { PRESENCE_TTL_SECONDS: PRESENCE_TTL_SECONDS[name] },
      });
      await joinDirectChats(subject.load, subject.server.url, sockets);
      await cpuWhenQuiet(subject.server);
      return subject;
    });
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const cpu = await cpuPerSecond(ready[name], sockets, seconds);
      report(`round ${round + 1} ${name}: ${figure(cpu / 1_000)} ms CPU per second`);
      return cpu;
    });
    return outcome(measured, sockets);
  },
});

async function cpuPerSecond({ name, server, load }: Subject, sockets: number, seconds: number): Promise<number> {
  const startedAt = performance.now();
  const before = server.cpu();
  await wait(seconds * 1_000);
  const cpu = server.cpu() - before;
  const elapsed = (performance.now() - startedAt) / 1_000;
  await demandPresence(load);
  const { open, firstLoss } = await load.request('census', {});
  if (open !== sockets) {
    throw new Error(`unable to measure ${name}; ${sockets - open} sockets were lost, first: ${firstLoss}`);
  }
  return cpu / elapsed;
}

/** Presence that nobody renewed would have lapsed by now. */
async function demandPresence(load: LoadProcess): Promise<void> {
  const { body } = await load.request('command', { socket: 0, event: 'users:online', payload: {} });
  const { userIds } = (body as { data: { userIds: unknown[] } }).data;
  if (userIds.length !== 1) {
    throw new Error(`unable to measure presence; ${userIds.length} contacts of the first user are online, not 1`);
  }
}

/** The difference holds the sweeps for lapsed users too, which come more often with a short life as well. */
function outcome(measured: Measured, sockets: number): Outcome {
  const renewal = measured.renewing.map((cpu, round) => (cpu - (measured.resting[round] ?? 0)) * RENEWAL_SECONDS);
  const ofCore = renewal.map(
    (micros) => (micros * EXTRAPOLATED_SOCKETS) / sockets / SHIPPED_RENEWAL_SECONDS / SECOND_IN_MICROS,
  );
  const millis = (micros: readonly number[]) => spreadFigure(spread(micros.map((value) => value / 1_000)));
  return {
    columns: ['figure', 'value'],
    rows: [
      ['CPU without renewals, ms/s', millis(measured.resting)],
      ['CPU with a renewal each second, ms/s', millis(measured.renewing)],
      [`CPU of one renewal of ${figure(sockets)} users, ms`, millis(renewal)],
      [
        `share of a core for ${figure(EXTRAPOLATED_SOCKETS)} users, renewed every ${SHIPPED_RENEWAL_SECONDS} s`,
        spreadFigure(spread(ofCore.map((share) => share * 100))).concat(' %'),
      ],
    ],
    verdicts: [
      {
        figure: `percent of a core for the presence of ${figure(EXTRAPOLATED_SOCKETS)} users, extrapolated`,
        value: spread(ofCore).median * 100,
        limit: CORE_SHARE_LIMIT * 100,
        must: 'stay below',
      },
    ],
    measurements: measured,
  };
}
