import { FIRST_USER, joinDirectChats } from '../load/direct-chats.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import { cpuWhenQuiet } from '../servers/quiet.js';
import { tokenFor } from '../servers/tokens.js';
import { ratioSpread, spread } from '../statistics.js';
import type { SubjectName } from '../subjects.js';
import type { Subject } from '../testbed.js';

const SUBJECTS = ['relay', 'service', 'service-redis'] as const satisfies readonly SubjectName[];
type Name = (typeof SUBJECTS)[number];
type Measured = Readonly<Record<Name, readonly MeasuredStorm[]>>;

const CONNECTS_OF_RELAY_LIMIT = 0.5;
const SECOND_IN_MICROS = 1_000_000;

interface MeasuredStorm {
  connectsPerCpuSecond: number;
  /** Per second on the clock. */
  connectsPerSecond: number;
}

async function measureStorm(
  { name, server, load }: Subject,
  tokens: readonly string[],
  inFlight: number,
): Promise<MeasuredStorm> {
  const before = await cpuWhenQuiet(server);
  const { connected, seconds } = await load.request('connect', { url: server.url, tokens, inFlight });
  const cpu = (await cpuWhenQuiet(server)) - before;
  const { open, firstLoss } = await load.request('census', {});
  if (open !== tokens.length) {
    throw new Error(`unable to measure ${name}; ${tokens.length - open} sockets were lost, first: ${firstLoss}`);
  }
  await load.request('disconnect', {});
  return { connectsPerCpuSecond: (connected / cpu) * SECOND_IN_MICROS, connectsPerSecond: connected / seconds };
}

export const storm = defineScenario({
  name: 'storm',
  summary: 'everybody connects at once, with tokens that the server has seen before',
  options: {
    rounds: { default: 5, meaning: 'measurements per server, interleaved' },
    sockets: { default: 5_000, meaning: 'users with one socket each, in pairs that have a chat' },
    connecting: { default: 200, meaning: 'connections that are opened at once' },
  },
  async run({ rounds, sockets, connecting }, testbed) {
    const tokens = Array.from({ length: sockets }, (_, index) => tokenFor(FIRST_USER + index));
    const ready = await inTurn(SUBJECTS, async (name) => {
      const subject = await testbed.subject(name);
      // Gives everybody a contact who wants to hear of him, and fills the cache of tokens.
      await joinDirectChats(subject.load, subject.server.url, sockets);
      await subject.load.request('disconnect', {});
      return subject;
    });
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const run = await measureStorm(ready[name], tokens, connecting);
      report(`round ${round + 1} ${name}: ${figure(run.connectsPerCpuSecond)} connects per CPU second`);
      return run;
    });
    return outcome(measured);
  },
});

function outcome(measured: Measured): Outcome {
  const perCpuSecond = (name: Name) => measured[name].map(({ connectsPerCpuSecond }) => connectsPerCpuSecond);
  const ofRelay = (name: Name) => ratioSpread(perCpuSecond(name), perCpuSecond('relay'));
  return {
    columns: ['server', 'connects/CPU s', 'x relay', 'CPU us/connect', 'connects/s'],
    rows: SUBJECTS.map((name) => [
      name,
      spreadFigure(spread(perCpuSecond(name))),
      spreadFigure(ofRelay(name)),
      figure(SECOND_IN_MICROS / spread(perCpuSecond(name)).median),
      figure(spread(measured[name].map(({ connectsPerSecond }) => connectsPerSecond)).median),
    ]),
    verdicts: (['service', 'service-redis'] as const).map((name) => ({
      figure: `connects per CPU second, ${name} over relay`,
      value: ofRelay(name).median,
      limit: CONNECTS_OF_RELAY_LIMIT,
      must: 'reach' as const,
    })),
    measurements: measured,
  };
}
