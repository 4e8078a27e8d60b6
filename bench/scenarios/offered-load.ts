import type { SendPlan, SendReport } from '../load/commands.js';
import { joinDirectChats } from '../load/direct-chats.js';
import { measureSend } from '../measured-send.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { linePlot, type Panel, type Point } from '../report/line-plot.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome, type Plot } from '../scenario.js';
import { spread } from '../statistics.js';
import type { SubjectName } from '../subjects.js';

const SUBJECTS = ['relay', 'naive', 'service', 'service-redis'] as const satisfies readonly SubjectName[];
type Name = (typeof SUBJECTS)[number];
/** By round, the loads in rising order up to the first that was too much. */
type Measured = Readonly<Record<Name, ReadonlyArray<readonly MeasuredLoad[]>>>;

/** A server that falls behind by more than this has met its limit. */
const KEEPS_UP = 0.95;

interface MeasuredLoad extends SendReport {
  /** Messages per second that were due. */
  offered: number;
  /** Messages per second that were acked, to the last ack. */
  throughput: number;
  /** Whether it fell behind, or refused messages. */
  overloaded: boolean;
}

export const offeredLoad = defineScenario({
  name: 'offered-load',
  summary: 'throughput and time to the ack while ever more messages per second are due, until the server falls behind',
  options: {
    rounds: { default: 5, meaning: 'climbs per server, interleaved' },
    from: { default: 500, meaning: 'messages per second at the first step' },
    to: { default: 16_000, meaning: 'messages per second at the last' },
    steps: { default: 11, meaning: 'loads in between and at both ends, each by the same factor above the one before' },
    seconds: { default: 3, meaning: 'length of a step' },
    senders: { default: 200, meaning: 'users, in pairs; both sides of each pair send' },
    text: { default: 60, meaning: 'characters per message' },
    warmup: { default: 10_000, meaning: 'messages per server before the first round' },
  },
  async run({ rounds, from, to, steps, seconds, senders: users, text, warmup }, testbed) {
    const loads = Array.from({ length: steps }, (_, step) =>
      Math.round(from * (to / from) ** (step / (steps - 1 || 1))),
    );
    const ready = await inTurn(SUBJECTS, async (name) => {
      const subject = await testbed.subject(name);
      const senders = await joinDirectChats(subject.load, subject.server.url, users);
      const common = { senders, seconds, textLength: text };
      await measureSend(subject, { ...common, pace: { kind: 'closed', outstanding: 1 }, messages: warmup });
      return { subject, common };
    });
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const { subject, common } = ready[name];
      const climb: MeasuredLoad[] = [];
      for (const offered of loads) {
        const pace = { kind: 'open', perSecond: offered } as const;
        const plan: SendPlan = { ...common, pace, messages: Math.ceil(offered * seconds) };
        const run = judged(await subject.load.request('send', plan), offered);
        climb.push(run);
        if (run.overloaded) {
          break;
        }
      }
      report(`round ${round + 1} ${name}: up to ${figure(Math.max(...climb.map((run) => run.throughput)))} msg/s`);
      return climb;
    });
    return outcome(measured, loads);
  },
});

function judged(run: SendReport, offered: number): MeasuredLoad {
  const throughput = run.acked / run.seconds;
  return { ...run, offered, throughput, overloaded: run.failed > 0 || throughput < offered * KEEPS_UP };
}

function outcome(measured: Measured, loads: readonly number[]): Outcome {
  const most = (name: Name) => measured[name].map((climb) => Math.max(...climb.map(({ throughput }) => throughput)));
  const keptUp = (name: Name) =>
    measured[name].map((climb) =>
      Math.max(0, ...climb.filter(({ overloaded }) => !overloaded).map(({ offered }) => offered)),
    );
  return {
    columns: ['server', 'kept up with messages/s', 'most messages/s'],
    rows: SUBJECTS.map((name) => [name, spreadFigure(spread(keptUp(name))), spreadFigure(spread(most(name)))]),
    verdicts: [],
    plot: plot(measured, loads),
    measurements: measured,
  };
}

function plot(measured: Measured, loads: readonly number[]): Plot {
  const panel = (of: (run: MeasuredLoad) => number): Panel['series'] =>
    Object.fromEntries(SUBJECTS.map((name) => [name, loads.flatMap((offered) => point(measured[name], offered, of))]));
  const xLabel = 'messages per second offered';
  const alt = 'Throughput and 99th percentile of the time to the ack, against the load offered';
  return {
    alt,
    svg: linePlot(alt, [
      {
        title: 'Throughput',
        xLabel,
        yLabel: 'messages per second acked',
        yScale: 'linear',
        series: panel((run) => run.throughput),
      },
      {
        title: '99th percentile of the time to the ack (hollow: falls behind)',
        xLabel,
        yLabel: 'milliseconds',
        yScale: 'log',
        series: panel((run) => run.ackLatency.p99),
      },
    ]),
  };
}

/** The median over the rounds that got to this load; none when none did. */
function point(rounds: Measured[Name], offered: number, of: (run: MeasuredLoad) => number): readonly Point[] {
  const runs = rounds.flatMap((climb) => climb.filter((run) => run.offered === offered));
  if (runs.length === 0) {
    return [];
  }
  const { median, min, max } = spread(runs.map(of));
  return [{ x: offered, y: median, low: min, high: max, odd: runs.some(({ overloaded }) => overloaded) }];
}
