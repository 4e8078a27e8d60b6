import type { LoadDialect, SendPlan } from '../load/commands.js';
import { joinAcrossDialects } from '../load/direct-chats.js';
import { type MeasuredSend, measureSend } from '../measured-send.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { inTurn, interleave } from '../rounds.js';
import { defineScenario, type Outcome } from '../scenario.js';
import { ratioSpread, spread } from '../statistics.js';

interface Deployment {
  enabled: string;
  /** What the second user of each pair speaks; absent, the canonical contract. */
  spoken?: LoadDialect;
}

/** One service in three deployments. */
const DEPLOYMENTS = {
  off: { enabled: '' },
  enabled: { enabled: 'rooms,plain-websocket,conversations,live' },
  spoken: { enabled: 'conversations', spoken: 'conversations' },
} as const satisfies Record<string, Deployment>;
type Name = keyof typeof DEPLOYMENTS;
const NAMES = Object.keys(DEPLOYMENTS) as Name[];

const COST_LIMIT = 1.1;

export const dialects = defineScenario({
  name: 'dialects',
  summary:
    'messages in chats of two: without dialects, with all of them enabled, and with a dialect at one end of each chat',
  options: {
    rounds: { default: 5, meaning: 'measurements per deployment, interleaved' },
    senders: { default: 200, meaning: 'users, in pairs; the first of each pair sends' },
    messages: { default: 20_000, meaning: 'messages per round and deployment' },
    seconds: { default: 10, meaning: 'longest sending time of a round' },
    text: { default: 60, meaning: 'characters per message' },
    warmup: { default: 10_000, meaning: 'messages per deployment before the first round' },
  },
  async run({ rounds, senders: users, messages, seconds, text, warmup }, testbed) {
    const ready = await inTurn(NAMES, async (name) => {
      const { enabled, spoken }: Deployment = DEPLOYMENTS[name];
      const subject = await testbed.subject('service', { label: `service-${name}`, env: { DIALECTS: enabled } });
      const senders = await joinAcrossDialects(subject.load, subject.server.url, users, spoken);
      const plan: SendPlan = {
        senders,
        pace: { kind: 'closed', outstanding: 1 },
        messages,
        seconds,
        textLength: text,
      };
      await measureSend(subject, { ...plan, messages: warmup, seconds: Number.MAX_SAFE_INTEGER });
      return { subject, plan };
    });
    const measured = await interleave(rounds, NAMES, async (name, round) => {
      const { subject, plan } = ready[name];
      const run = await measureSend(subject, plan);
      report(`round ${round + 1} ${name}: ${figure(run.cpuPerMessage)} us, ${figure(run.throughput)} msg/s`);
      return run;
    });
    return outcome(measured);
  },
});

function outcome(measured: Readonly<Record<Name, readonly MeasuredSend[]>>): Outcome {
  const cpu = (name: Name) => measured[name].map(({ cpuPerMessage }) => cpuPerMessage);
  const cost = (name: Name) => ratioSpread(cpu(name), cpu('off'));
  return {
    columns: ['dialects', 'CPU us/message', 'x off', 'messages/s'],
    rows: NAMES.map((name) => [
      name,
      spreadFigure(spread(cpu(name))),
      spreadFigure(cost(name)),
      spreadFigure(spread(measured[name].map(({ throughput }) => throughput))),
    ]),
    verdicts: (['enabled', 'spoken'] as const).map((name) => ({
      figure: `CPU per message, dialects ${name} over off`,
      value: cost(name).median,
      limit: COST_LIMIT,
      must: 'stay below' as const,
    })),
    measurements: measured,
  };
}
