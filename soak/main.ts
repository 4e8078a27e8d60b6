/** `npm run soak`: lets a crowd work on two instances for a while, and looks for what it leaves behind when it has gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { table } from '../bench/report/table.js';
import { letWork } from './crowd/crowd.js';
import { Tally } from './crowd/tally.js';
import { Deployment } from './deployment.js';
import { Leftovers } from './observe/leftovers.js';
import { readOptions, type SoakOptions } from './options.js';
import { leaks, type Rest } from './verdict.js';

/** Enough rests to draw a line through. */
const FEWEST_ROUNDS = 6;
const LONGEST_ROUND_MINUTES = 1;
/** Keys of users who vanished, and database connections that nobody uses, go by themselves within this time. */
const REST_TIMEOUT_MS = 20_000;
const IDLE_MS = 3_000;
const MB = 1_048_576;

async function restOf(deployment: Deployment, leftovers: Leftovers, minutes: number, visits: number): Promise<Rest> {
  const deadline = performance.now() + REST_TIMEOUT_MS;
  let [keys, rooms] = [await leftovers.keys(), await leftovers.rooms(deployment.instances.length)];
  while ((keys.length > 0 || rooms.length > 0) && performance.now() < deadline) {
    await delay(500);
    [keys, rooms] = [await leftovers.keys(), await leftovers.rooms(deployment.instances.length)];
  }
  await delay(IDLE_MS);
  const instances = await Promise.all(
    deployment.instances.map(async ({ server, inspector }) => {
      const heap = await inspector.liveHeap();
      const resources = Object.values(await inspector.activeResources()).reduce((sum, count) => sum + count, 0);
      return { name: server.name, heap, rss: server.memory().rss, resources };
    }),
  );
  return { minutes, visits, instances, keys, rooms };
}

async function soak({ minutes, clients }: SoakOptions, deployment: Deployment): Promise<boolean> {
  await deployment.start();
  const leftovers = await Leftovers.from(deployment.redisUrl, deployment.channelPrefix);
  try {
    const rounds = Math.max(FEWEST_ROUNDS, Math.ceil(minutes / LONGEST_ROUND_MINUTES));
    const tally = new Tally();
    const rests: Rest[] = [];
    for (let round = 1; round <= rounds; round++) {
      await letWork({ clients, milliseconds: (minutes * 60_000) / rounds }, deployment.urls, tally);
      const rest = await restOf(deployment, leftovers, (minutes * round) / rounds, tally.connections);
      rests.push(rest);
      process.stderr.write(`${line(rest).join('  ')}\n`);
    }
    const found = [...leaks(rests), ...(await lostMessages(deployment.databaseUrl, tally)), ...failuresOf(tally)];
    report(rests, tally, found);
    return found.length === 0;
  } finally {
    leftovers.stop();
  }
}

/** Acked messages that are not stored, and gaps in the numbers of those that are. */
async function lostMessages(databaseUrl: string, tally: Tally): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ stored: number; gaps: number }>(
      `select (select count(*)::int from chat.messages) as stored,
              (select count(*)::int
                 from (select chat_id, max(seq) <> count(*) as gap from chat.messages group by chat_id) numbered
                where gap) as gaps`,
    );
    const { stored = 0, gaps = 0 } = rows[0] ?? {};
    return [
      ...(stored < tally.messages ? [`${tally.messages - stored} acked messages are not stored`] : []),
      ...(gaps > 0 ? [`${gaps} chats have gaps in seq`] : []),
    ];
  } finally {
    await client.end();
  }
}

const failuresOf = ({ failures }: Tally): string[] => [...failures].map(([how, count]) => `${count} times: ${how}`);

function line({ minutes, visits, instances, keys, rooms }: Rest): string[] {
  return [
    `${minutes.toFixed(1)} min`,
    String(visits),
    ...instances.flatMap(({ heap, rss, resources }) => [
      `${(heap / MB).toFixed(1)}`,
      `${(rss / MB).toFixed(0)}`,
      String(resources),
    ]),
    String(keys.length),
    String(rooms.length),
  ];
}

function report(rests: readonly Rest[], tally: Tally, found: readonly string[]): void {
  const columns = [
    'at rest after',
    'visits',
    ...(rests[0]?.instances ?? []).flatMap(({ name }) => [`${name} heap MB`, 'RSS MB', 'resources']),
    'Redis keys',
    'rooms',
  ];
  const { commands, messages } = tally;
  process.stdout.write(`\n${table(columns, rests.map(line))}\n\n`);
  process.stdout.write(`${commands} commands answered, ${messages} messages acked\n`);
  process.stdout.write(
    found.length === 0 ? 'No leak found.\n' : `Found:\n${found.map((one) => `- ${one}\n`).join('')}`,
  );
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const deployment = new Deployment();
  const abandon = (): void => void deployment.stop().finally(() => process.exit(1));
  process.once('SIGINT', abandon).once('SIGTERM', abandon);
  try {
    process.exitCode = (await soak(options, deployment)) ? 0 : 1;
  } finally {
    await deployment.stop();
  }
}

await main();
