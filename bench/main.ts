/** `npm run bench`: runs scenarios against the service and its baselines, prints tables, writes JSON. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { helpText, type Orders, readOrders } from './command-line.js';
import { profileReport } from './profile/profile-report.js';
import { report as progress } from './progress.js';
import { describeMachine } from './report/machine.js';
import { recordInResults, writeJson } from './report/results-file.js';
import { makeReport, resultText, type ScenarioReport } from './report/scenario-report.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';
import { Testbed } from './testbed.js';

/** The compiled bench lies in `dist/bench`; what it writes belongs beside its sources. */
const benchDir = join(import.meta.dirname, '..', '..', 'bench');
const profileDir = join(benchDir, 'results', 'profiles');

function settingsOf({ options }: Scenario, overrides: Orders['overrides']): Record<string, number> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, overrides[name] ?? option.default]));
}

async function run(scenario: Scenario, orders: Orders): Promise<ScenarioReport> {
  const machine = describeMachine();
  const settings = settingsOf(scenario, orders.overrides);
  const testbed = await Testbed.create({
    profileDir: orders.profile ? profileDir : undefined,
    defaultHeap: orders.defaultHeap,
  });
  const abandon = (): void => void testbed.stop().finally(() => process.exit(1));
  process.once('SIGINT', abandon).once('SIGTERM', abandon);
  try {
    const outcome = await scenario.run(settings, testbed);
    const changed = Object.entries(settings).filter(([name]) => orders.overrides[name] !== undefined);
    return makeReport(scenario, {
      command: ['npm run bench --', scenario.name, ...changed.map(([name, value]) => `--${name} ${value}`)].join(' '),
      date: new Date().toISOString().slice(0, 10),
      machine,
      durability: await testbed.durability(),
      settings,
      outcome,
    });
  } finally {
    process.off('SIGINT', abandon).off('SIGTERM', abandon);
    await testbed.stop();
  }
}

async function main(): Promise<void> {
  const orders = readOrders(process.argv.slice(2), scenarios);
  if (orders.help) {
    process.stdout.write(helpText(scenarios));
    return;
  }
  if (process.platform !== 'linux') {
    throw new Error('unable to measure; CPU and memory are read from /proc, which only Linux has');
  }
  if (orders.profile) {
    rmSync(profileDir, { recursive: true, force: true });
  }
  for (const scenario of orders.scenarios) {
    progress(`${scenario.name}: ${scenario.summary}`);
    const report = await run(scenario, orders);
    const file = writeJson(benchDir, report);
    process.stdout.write(`\n${scenario.name}\n\n${resultText(report.outcome)}\n\n`);
    progress(`written to ${file}`);
    if (orders.record) {
      recordInResults(benchDir, report);
    }
    if (orders.profile) {
      process.stdout.write(`${profileReport(profileDir)}\n`);
    }
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
