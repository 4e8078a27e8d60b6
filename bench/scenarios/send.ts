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

const CPU_OF_RELAY_LIMIT = 1.6;
const THROUGHPUT_OF_NAIVE_LIMIT = 4;

export const send = defineScenario({
  name: 'send',
  summary: 'messages in chats of two, acked after the commit and delivered to both sides',
  options: {
    rounds: { default: 5, meaning: 'measurements per server, interleaved' },
    senders: { default: 200, meaning: 'users, in pairs; both sides of each pair send' },
    messages: { default: 20_000, meaning: 'messages per round and server' },
    seconds: { default: 10, meaning: 'longest sending time of a round; a slow server ends with fewer messages' },
    outstanding: { default: 1, meaning: 'messages a sender keeps unanswered' },
    text: { default: 60, meaning: 'characters per message' },
    warmup: { default: 10_000, meaning: 'messages per server before the first round' },
  },
  async run({ rounds, senders: users, messages, seconds, outstanding, text, warmup }, testbed) {
    const ready = await inTurn(SUBJECTS, async (name) => {
      const subject = await testbed.subject(name);
      const senders = await joinDirectChats(subject.load, subject.server.url, users);
      const plan: SendPlan = { senders, pace: { kind: 'closed', outstanding }, messages, seconds, textLength: text };
      await measureSend(subject, { ...plan, messages: warmup });
      return { subject, plan };
    });
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const { subject, plan } = ready[name];
      const run = await measureSend(subject, plan);
      report(`round ${round + 1} ${name}: ${figure(run.cpuPerMessage)} us, ${figure(run.throughput)} msg/s`);
      return run;
    });
    return outcome(measured);
  },
});

function outcome(measured: Measured): Outcome {
  const cpu = (name: Name) => measured[name].map(({ cpuPerMessage }) => cpuPerMessage);
  const throughput = (name: Name) => measured[name].map((run) => run.throughput);
  const cpuOfRelay = (name: Name) => ratioSpread(cpu(name), cpu('relay'));
  const throughputOfNaive = (name: Name) => ratioSpread(throughput(name), throughput('naive'));
  const latency = (name: Name, percentile: 'p50' | 'p99') =>
    figure(spread(measured[name].map(({ ackLatency }) => ackLatency[percentile])).median);
  return {
    columns: ['server', 'CPU us/message', 'x relay', 'messages/s', 'x naive', 'ack p50 ms', 'ack p99 ms'],
    rows: SUBJECTS.map((name) => [
      name,
      spreadFigure(spread(cpu(name))),
      spreadFigure(cpuOfRelay(name)),
      spreadFigure(spread(throughput(name))),
      spreadFigure(throughputOfNaive(name)),
      latency(name, 'p50'),
      latency(name, 'p99'),
    ]),
    verdicts: (['service', 'service-redis'] as const).flatMap((name) => [
      {
        figure: `CPU per message, ${name} over relay`,
        value: cpuOfRelay(name).median,
        limit: CPU_OF_RELAY_LIMIT,
        must: 'stay below' as const,
      },
      {
        figure: `throughput, ${name} over naive`,
        value: throughputOfNaive(name).median,
        limit: THROUGHPUT_OF_NAIVE_LIMIT,
        must: 'reach' as const,
      },
    ]),
    measurements: measured,
  };
}
