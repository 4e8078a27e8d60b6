import type { SendPlan } from '../load/commands.js';
import { joinOneChat } from '../load/direct-chats.js';
import { type MeasuredSend, measureSend } from '../measured-send.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import { ratioSpread, spread } from '../statistics.js';
import type { SubjectName } from '../subjects.js';

const SUBJECTS = ['relay', 'service', 'service-redis'] as const satisfies readonly SubjectName[];
type Name = (typeof SUBJECTS)[number];
type Measured = Readonly<Record<Name, readonly MeasuredSend[]>>;

const DELIVERIES_OF_RELAY_LIMIT = 0.95;
const SECOND_IN_MICROS = 1_000_000;

export const fanOut = defineScenario({
  name: 'fan-out',
  summary: 'one chat whose two users hold very many joined sockets; every message goes to all of them',
  options: {
    rounds: { default: 5, meaning: 'measurements per server, interleaved' },
    sockets: { default: 1_000, meaning: 'joined sockets, half of them of each user' },
    rate: { default: 20, meaning: 'messages per second' },
    seconds: { default: 10, meaning: 'length of a round' },
    text: { default: 60, meaning: 'characters per message' },
    warmup: { default: 100, meaning: 'messages per server before the first round' },
  },
  async run({ rounds, sockets, rate, seconds, text, warmup }, testbed) {
    const ready = await inTurn(SUBJECTS, async (name) => {
      const subject = await testbed.subject(name);
      const senders = await joinOneChat(subject.load, subject.server.url, sockets);
      const plan: SendPlan = {
        senders: senders.slice(0, 1),
        // At a rate that leaves all of them idle in between: a write to a client that is still busy with the last one is
        // cheaper, so the fastest server would look better than it is.
        pace: { kind: 'open', perSecond: rate },
        messages: rate * seconds,
        seconds,
        textLength: text,
      };
      await measureSend(subject, { ...plan, messages: warmup, seconds: Number.MAX_SAFE_INTEGER });
      return { subject, plan };
    });
    const measured = await interleave(rounds, SUBJECTS, async (name, round) => {
      const { subject, plan } = ready[name];
      const run = await measureSend(subject, plan);
      report(`round ${round + 1} ${name}: ${figure(perCpuSecond(run))} deliveries per CPU second`);
      return run;
    });
    return outcome(measured);
  },
});

function perCpuSecond({ delivered, acked, cpuPerMessage }: MeasuredSend): number {
  return (delivered / (acked * cpuPerMessage)) * SECOND_IN_MICROS;
}

function outcome(measured: Measured): Outcome {
  const deliveries = (name: Name) => measured[name].map(perCpuSecond);
  const ofRelay = (name: Name) => ratioSpread(deliveries(name), deliveries('relay'));
  return {
    columns: ['server', 'deliveries/CPU s', 'x relay', 'deliveries/s', 'CPU us/message'],
    rows: SUBJECTS.map((name) => [
      name,
      spreadFigure(spread(deliveries(name))),
      spreadFigure(ofRelay(name)),
      spreadFigure(spread(measured[name].map(({ delivered, seconds }) => delivered / seconds))),
      figure(spread(measured[name].map(({ cpuPerMessage }) => cpuPerMessage)).median),
    ]),
    verdicts: (['service', 'service-redis'] as const).map((name) => ({
      figure: `deliveries per CPU second, ${name} over relay`,
      value: ofRelay(name).median,
      limit: DELIVERIES_OF_RELAY_LIMIT,
      must: 'reach' as const,
    })),
    measurements: measured,
  };
}
