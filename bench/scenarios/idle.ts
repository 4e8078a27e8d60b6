import { setTimeout as wait } from 'node:timers/promises';
import { joinDirectChats } from '../load/direct-chats.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import type { ServerUnderTest } from '../servers/server-under-test.js';
import { ratioSpread, spread } from '../statistics.js';
import type { SubjectName } from '../subjects.js';
import type { Testbed } from '../testbed.js';

const SUBJECTS = ['relay', 'service', 'service-redis'] as const satisfies readonly SubjectName[];
type Name = (typeof SUBJECTS)[number];
type Measured = Readonly<Record<Name, readonly MeasuredIdle[]>>;

const MEMORY_OF_RELAY_LIMIT = 1.3;
const KILOBYTE = 1024;
const READING_MS = 500;

interface MeasuredIdle {
  /** Resident memory with the first sockets, bytes. */
  base: number;
  /** Resident memory with all sockets idle, bytes. */
  filled: number;
  perSocketKb: number;
  /** CPU while idle, microseconds per socket and second. */
  idleCpuPerSocketSecond: number;
}

/** The least of several readings: garbage that a collection is about to take is not what a socket costs. */
async function settledRss(server: ServerUnderTest, seconds: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    await wait(READING_MS);
    least = Math.min(least, server.memory().rss);
  }
  return least;
}

async function measureIdle(
  name: SubjectName,
  { first, sockets, settle }: { first: number; sockets: number; settle: number },
  testbed: Testbed,
): Promise<MeasuredIdle> {
  const { server, load, stop } = await testbed.subject(name);
  try {
    // What the first ones bring in (compiled code, pools, buffers) is the server's, not a socket's.
    await joinDirectChats(load, server.url, first);
    const base = await settledRss(server, settle);
    await joinDirectChats(load, server.url, sockets, first);
    const cpuBefore = server.cpu();
    const filled = await settledRss(server, settle);
    const cpu = server.cpu() - cpuBefore;
    const { open, firstLoss } = await load.request('census', {});
    if (open !== first + sockets) {
      throw new Error(`unable to measure ${name}; ${first + sockets - open} sockets were lost, first: ${firstLoss}`);
    }
    return {
      base,
      filled,
      perSocketKb: (filled - base) / sockets / KILOBYTE,
      idleCpuPerSocketSecond: cpu / (first + sockets) / settle,
    };
  } finally {
    await stop();
  }
}

export const idle = defineScenario({
  name: 'idle',
  summary: 'memory of authenticated sockets that joined a chat and then say nothing',
  options: {
    rounds: { default: 5, meaning: 'measurements per server, interleaved, each on a fresh process' },
    first: { default: 1_000, meaning: 'users with one socket each that are there before memory is read' },
    sockets: { default: 5_000, meaning: 'users that come then, in pairs; fewer measure the heap, see README' },
    settle: { default: 20, meaning: 'seconds of silence in which memory is read; the least reading counts' },
  },
  async run({ rounds, ...size }, testbed) {
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const run = await measureIdle(name, size, testbed);
      report(`round ${round + 1} ${name}: ${figure(run.perSocketKb)} KB per socket`);
      return run;
    });
    return outcome(measured);
  },
});

function outcome(measured: Measured): Outcome {
  const perSocket = (name: Name) => measured[name].map(({ perSocketKb }) => perSocketKb);
  const ofRelay = (name: Name) => ratioSpread(perSocket(name), perSocket('relay'));
  const megabytes = (name: Name, which: 'base' | 'filled') =>
    figure(spread(measured[name].map((run) => run[which] / KILOBYTE / KILOBYTE)).median);
  return {
    columns: ['server', 'KB/socket', 'x relay', 'MB with the first', 'MB with all sockets', 'idle CPU us/socket/s'],
    rows: SUBJECTS.map((name) => [
      name,
      spreadFigure(spread(perSocket(name))),
      spreadFigure(ofRelay(name)),
      megabytes(name, 'base'),
      megabytes(name, 'filled'),
      figure(spread(measured[name].map((run) => run.idleCpuPerSocketSecond)).median),
    ]),
    verdicts: (['service', 'service-redis'] as const).map((name) => ({
      figure: `memory per socket, ${name} over relay`,
      value: ofRelay(name).median,
      limit: MEMORY_OF_RELAY_LIMIT,
      must: 'stay below' as const,
    })),
    measurements: measured,
  };
}
