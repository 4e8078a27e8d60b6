import type { SendPlan } from '../load/commands.js';
import { joinDirectChats } from '../load/direct-chats.js';
import { type MeasuredSend, measureSend } from '../measured-send.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import { ratioSpread, spread } from '../statistics.js';
import type { SubjectName } from '../subjects.js';

const SUBJECTS = ['relay', 'naive', 'service', 'service-redis'] as const satisfies readonly SubjectName[];
type Name = (typeof SUBJECTS)[number];
type Measured = Readonly<Record<Name, readonly MeasuredSend[]>>;

const P99_OF_RELAY_LIMIT = 3;

export const latency = defineScenario({
  name: 'latency',
  summary: 'time to the ack while messages are due at a fixed rate, answered or not',
  options: {
    rounds: { default: 5, meaning: 'measurements per server, interleaved' },
    rate: { default: 2_000, meaning: 'messages per second' },
    seconds: { default: 10, meaning: 'length of a round' },
    senders: { default: 200, meaning: 'users, in pairs; both sides of each pair send' },
    text: { default: 60, meaning: 'characters per message' },
    warmup: { default: 10_000, meaning: 'messages per server before the first round' },
  },
  async run({ rounds, rate, seconds, senders: users, text, warmup }, testbed) {
    const ready = await inTurn(SUBJECTS, async (name) => {
      const subject = await testbed.subject(name);
      const senders = await joinDirectChats(subject.load, subject.server.url, users);
      const plan: SendPlan = {
        senders,
        pace: { kind: 'open', perSecond: rate },
        messages: rate * seconds,
        seconds,
        textLength: text,
      };
      await measureSend(subject, { ...plan, pace: { kind: 'closed', outstanding: 1 }, messages: warmup });
      return { subject, plan };
    });
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const { subject, plan } = ready[name];
      const run = await measureSend(subject, plan);
      report(`round ${round + 1} ${name}: p99 ${figure(run.ackLatency.p99)} ms`);
      return run;
    });
    return outcome(measured);
  },
});

function outcome(measured: Measured): Outcome {
  const p99 = (name: Name) => measured[name].map(({ ackLatency }) => ackLatency.p99);
  const p99OfRelay = (name: Name) => ratioSpread(p99(name), p99('relay'));
  const median = (name: Name, of: (run: MeasuredSend) => number) => figure(spread(measured[name].map(of)).median);
  return {
    columns: ['server', 'ack p50 ms', 'p95 ms', 'p99 ms', 'p99 x relay', 'worst ms', 'messages/s', 'CPU us/message'],
    rows: SUBJECTS.map((name) => [
      name,
      median(name, ({ ackLatency }) => ackLatency.p50),
      median(name, ({ ackLatency }) => ackLatency.p95),
      spreadFigure(spread(p99(name))),
      spreadFigure(p99OfRelay(name)),
      median(name, ({ ackLatency }) => ackLatency.max),
      median(name, (run) => run.throughput),
      median(name, (run) => run.cpuPerMessage),
    ]),
    verdicts: (['service', 'service-redis'] as const).map((name) => ({
      figure: `p99 of the ack, ${name} over relay`,
      value: p99OfRelay(name).median,
      limit: P99_OF_RELAY_LIMIT,
      must: 'stay below' as const,
    })),
    measurements: measured,
  };
}
