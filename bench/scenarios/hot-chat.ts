import type { SendPlan } from '../load/commands.js';
import { joinOneChat } from '../load/direct-chats.js';
import { type MeasuredSend, measureSend } from '../measured-send.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import { ratioSpread, spread } from '../statistics.js';
import type { SubjectName } from '../subjects.js';

const SUBJECTS = ['relay', 'naive-locked', 'service', 'service-redis'] as const satisfies readonly SubjectName[];
type Name = (typeof SUBJECTS)[number];
type Measured = Readonly<Record<Name, readonly MeasuredSend[]>>;

const THROUGHPUT_OF_NAIVE_LIMIT = 4;

export const hotChat = defineScenario({
  name: 'hot-chat',
  summary: 'many senders in one chat, whose messages all take their number from one row; each goes to all of them',
  options: {
    rounds: { default: 5, meaning: 'measurements per server, interleaved' },
    senders: { default: 100, meaning: 'sockets that send, half of them of each of the two users' },
    messages: { default: 5_000, meaning: 'messages per round and server' },
    seconds: { default: 10, meaning: 'longest sending time of a round; a slow server ends with fewer messages' },
    outstanding: { default: 1, meaning: 'messages a sender keeps unanswered' },
    text: { default: 60, meaning: 'characters per message' },
    warmup: { default: 1_000, meaning: 'messages per server before the first round' },
  },
  async run({ rounds, senders: sockets, messages, seconds, outstanding, text, warmup }, testbed) {
    const ready = await inTurn(SUBJECTS, async (name) => {
      const subject = await testbed.subject(name);
      const senders = await joinOneChat(subject.load, subject.server.url, sockets);
      const plan: SendPlan = { senders, pace: { kind: 'closed', outstanding }, messages, seconds, textLength: text };
      await measureSend(subject, { ...plan, messages: warmup });
      return { subject, plan };
    });
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const { subject, plan } = ready[name];
      const run = await measureSend(subject, plan);
      report(`round ${round + 1} ${name}: ${figure(run.throughput)} msg/s`);
      return run;
    });
    return outcome(measured);
  },
});

function outcome(measured: Measured): Outcome {
  const throughput = (name: Name) => measured[name].map((run) => run.throughput);
  const ofNaive = (name: Name) => ratioSpread(throughput(name), throughput('naive-locked'));
  const median = (name: Name, of: (run: MeasuredSend) => number) => figure(spread(measured[name].map(of)).median);
  return {
    columns: ['server', 'messages/s', 'x naive-locked', 'deliveries/s', 'CPU us/message', 'ack p50 ms', 'ack p99 ms'],
    rows: SUBJECTS.map((name) => [
      name,
      spreadFigure(spread(throughput(name))),
      spreadFigure(ofNaive(name)),
      median(name, ({ delivered, seconds }) => delivered / seconds),
      median(name, ({ cpuPerMessage }) => cpuPerMessage),
      median(name, ({ ackLatency }) => ackLatency.p50),
      median(name, ({ ackLatency }) => ackLatency.p99),
    ]),
    verdicts: (['service', 'service-redis'] as const).map((name) => ({
      figure: `throughput, ${name} over naive-locked`,
      value: ofNaive(name).median,
      limit: THROUGHPUT_OF_NAIVE_LIMIT,
      must: 'reach' as const,
    })),
    measurements: measured,
  };
}
