import { type Attachment, type Outcome, reached, type Scenario, type Verdict } from '../scenario.js';
import { figure } from './figures.js';
import { table } from './table.js';

/** One run of one scenario, as it is printed, written as JSON and kept. */
export interface ScenarioReport {
  scenario: string;
  summary: string;
  command: string;
  date: string;
  machine: string;
  /** `null` when the scenario used no database. */
  durability: string | null;
  settings: Readonly<Record<string, number>>;
  outcome: Outcome;
}

function verdictLine(verdict: Verdict): string {
  const { figure: name, value, limit, must } = verdict;
  return `- ${reached(verdict) ? 'reached' : 'MISSED'}: ${name} is ${figure(value)}, must ${must} ${figure(limit)}`;
}

function attachmentText({ title, text }: Attachment): string {
  return `${title}\n\n\`\`\`text\n${text}\n\`\`\``;
}

/** Table, verdicts and attachments, without heading. */
export function resultText({ columns, rows, verdicts, attachments = [] }: Outcome): string {
  const lines = verdicts.map(verdictLine).join('\n');
  return [table(columns, rows), lines, ...attachments.map(attachmentText)].filter((part) => part !== '').join('\n\n');
}

export function makeReport(
  { name, summary }: Scenario,
  run: Omit<ScenarioReport, 'scenario' | 'summary'>,
): ScenarioReport {
  return { scenario: name, summary, ...run };
}

/** Name of the file that the scenario's plot is kept in. */
export function plotFile({ scenario }: ScenarioReport): string {
  return `${scenario}.svg`;
}

/** The section of RESULTS.md that tells this run. */
export function sectionText(report: ScenarioReport): string {
  const { plot } = report.outcome;
  const settings = Object.entries(report.settings).map(([name, value]) => `${name} ${value}`);
  return [
    `## ${report.scenario}`,
    `${report.summary[0]?.toUpperCase()}${report.summary.slice(1)}.`,
    [
      `- command: \`${report.command}\``,
      `- date: ${report.date}`,
      `- machine: ${report.machine}`,
      ...(report.durability === null ? [] : [`- store: ${report.durability}`]),
      `- settings: ${settings.join(', ')}`,
    ].join('\n'),
    'Medians over the rounds, least and greatest in brackets; ratios are taken round by round.',
    resultText(report.outcome),
    ...(plot === undefined ? [] : [`![${plot.alt}](${plotFile(report)})`]),
    `<details><summary>Every round as JSON</summary>\n\n\`\`\`json\n${JSON.stringify(report.outcome.measurements)}\n\`\`\`\n\n</details>`,
  ].join('\n\n');
}
