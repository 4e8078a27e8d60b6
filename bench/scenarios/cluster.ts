import type { SendPlan } from '../load/commands.js';
import { joinAcrossInstances, joinDirectChats, type Placement } from '../load/direct-chats.js';
import { type Measurable, type MeasuredSend, measureSend } from '../measured-send.js';
import { report } from '../progress.js';
import { figure, spreadFigure } from '../report/figures.js';
import { interleave } from '../rounds.js';
import { defineScenario, type Outcome, type Verdict } from '../scenario.js';
import { ratioSpread, spread } from '../statistics.js';
import type { SubjectName } from '../subjects.js';
import type { Testbed } from '../testbed.js';

/** Each on two instances, against the one that it scales out. */
const SINGLE_OF = {
  'relay-stock-adapter': 'relay',
  'service-stock-adapter': 'service',
  'service-redis': 'service',
} as const satisfies Partial<Record<SubjectName, SubjectName>>;
type ClusteredName = keyof typeof SINGLE_OF;

const SINGLES = ['relay', 'service'] as const satisfies readonly SubjectName[];
const CLUSTERED = Object.keys(SINGLE_OF) as ClusteredName[];
const PLACEMENTS = ['together', 'apart'] as const satisfies readonly Placement[];
const OF_SINGLE_LIMIT = { together: 1.15, apart: 2 } as const satisfies Record<Placement, number>;

/** What is measured: one instance, or two with the sides of each chat together or apart. */
type Case = (typeof SINGLES)[number] | `${ClusteredName} ${Placement}`;
type Measured = Readonly<Record<Case, readonly MeasuredSend[]>>;

interface Ready {
  measurable: Measurable;
  plan: SendPlan;
}

export const cluster = defineScenario({
  name: 'cluster',
  summary: 'messages in chats of two on two instances, both sides on one of them or one on each; CPU of both is summed',
  options: {
    rounds: { default: 5, meaning: 'measurements per case, interleaved' },
    senders: { default: 200, meaning: 'users over all instances, in pairs, a multiple of 4; both sides of each send' },
    messages: { default: 20_000, meaning: 'messages per round and case' },
    seconds: { default: 10, meaning: 'longest sending time of a round' },
    outstanding: { default: 1, meaning: 'messages a sender keeps unanswered' },
    text: { default: 60, meaning: 'characters per message' },
    warmup: { default: 10_000, meaning: 'messages per case before the first round' },
  },
  async run({ rounds, senders, messages, seconds, outstanding, text, warmup }, testbed) {
    const common = { pace: { kind: 'closed', outstanding }, messages, seconds, textLength: text } as const;
    const ready = new Map<Case, Ready>();
    for (const name of SINGLES) {
      ready.set(name, await single(testbed, name, senders, common));
    }
    for (const name of CLUSTERED) {
      for (const [placement, prepared] of await clustered(testbed, name, senders, common)) {
        ready.set(`${name} ${placement}`, prepared);
      }
    }
    for (const { measurable, plan } of ready.values()) {
      await measureSend(measurable, { ...plan, messages: warmup });
    }
    const measured = await interleave(rounds, [...ready.keys()], async (name, round) => {
      const { measurable, plan } = readyCase(ready, name);
      const run = await measureSend(measurable, plan);
      report(`round ${round + 1} ${name}: ${figure(run.cpuPerMessage)} us, ${figure(run.throughput)} msg/s`);
      return run;
    });
    return outcome(measured);
  },
});

type CommonPlan = Omit<SendPlan, 'senders'>;

function readyCase(ready: ReadonlyMap<Case, Ready>, name: Case): Ready {
  const found = ready.get(name);
  if (found === undefined) {
    throw new Error(`unable to measure ${name}; it was not made ready`);
  }
  return found;
}

async function single(testbed: Testbed, name: SubjectName, users: number, common: CommonPlan): Promise<Ready> {
  const subject = await testbed.subject(name);
  const senders = await joinDirectChats(subject.load, subject.server.url, users);
  return { measurable: subject, plan: { senders, ...common } };
}

/** Both placements on the same two instances; their users are others, so neither meets the other's traffic. */
async function clustered(
  testbed: Testbed,
  name: SubjectName,
  users: number,
  common: CommonPlan,
): Promise<[Placement, Ready][]> {
  const { servers, load } = await testbed.cluster(name, 2);
  const [first, second] = servers;
  if (first === undefined || second === undefined) {
    throw new Error(`unable to measure ${name}; it takes two instances`);
  }
  const prepared: [Placement, Ready][] = [];
  for (const [index, placement] of PLACEMENTS.entries()) {
    const senders = await joinAcrossInstances(load, [first.url, second.url], placement, {
      users,
      firstSocket: index * users,
    });
    const measurable = { name: `${name} ${placement}`, server: { cpu: () => first.cpu() + second.cpu() }, load };
    prepared.push([placement, { measurable, plan: { senders, ...common } }]);
  }
  return prepared;
}

function outcome(measured: Measured): Outcome {
  const cpu = (name: Case) => measured[name].map(({ cpuPerMessage }) => cpuPerMessage);
  const row = (name: Case, baseline: Case) => [
    name,
    spreadFigure(spread(cpu(name))),
    spreadFigure(ratioSpread(cpu(name), cpu(baseline))),
    figure(spread(measured[name].map(({ throughput }) => throughput)).median),
    figure(spread(measured[name].map(({ ackLatency }) => ackLatency.p99)).median),
  ];
  return {
    columns: ['servers', 'CPU us/message', 'x one instance', 'messages/s', 'ack p99 ms'],
    rows: SINGLES.flatMap((one) => [
      row(one, one),
      ...CLUSTERED.filter((name) => SINGLE_OF[name] === one).flatMap((name) =>
        PLACEMENTS.map((placement) => row(`${name} ${placement}`, one)),
      ),
    ]),
    verdicts: PLACEMENTS.map(
      (placement): Verdict => ({
        figure: `CPU per message, two instances with the sides of a chat ${placement}, over one instance without Redis`,
        value: ratioSpread(cpu(`service-redis ${placement}`), cpu('service')).median,
        limit: OF_SINGLE_LIMIT[placement],
        must: 'stay below',
      }),
    ),
    measurements: measured,
  };
}
