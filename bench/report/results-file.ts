import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plotFile, type ScenarioReport, sectionText } from './scenario-report.js';

const HEADING = `# Benchmark results

Written by \`npm run bench -- <scenario> --record\`, one section per scenario, each from the latest recorded run.
What is measured and how is told in [README.md](README.md).
`;

function marks(scenario: string): { begin: string; end: string } {
  return { begin: `<!-- begin ${scenario} -->`, end: `<!-- end ${scenario} -->` };
}

/** `document` with the section of the report's scenario replaced, or added at the end. */
export function withSection(document: string, report: ScenarioReport): string {
  const { begin, end } = marks(report.scenario);
  const section = `${begin}\n\n${sectionText(report)}\n\n${end}`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from === -1 || to === -1) {
    return `${document.trimEnd()}\n\n${section}\n`;
  }
  return document.slice(0, from) + section + document.slice(to + end.length);
}

/** Keeps a run in `RESULTS.md` of the bench folder, and its plot beside it. */
export function recordInResults(benchDir: string, report: ScenarioReport): void {
  const file = join(benchDir, 'RESULTS.md');
  const document = existsSync(file) ? readFileSync(file, 'utf8') : HEADING;
  writeFileSync(file, withSection(document, report));
  writePlot(benchDir, report);
}

/** The run with every round, for other programs, and its plot. @returns the path of the former */
export function writeJson(benchDir: string, report: ScenarioReport): string {
  const folder = join(benchDir, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.scenario}.json`);
  const { plot: _, ...outcome } = report.outcome;
  writeFileSync(file, `${JSON.stringify({ ...report, outcome }, null, 2)}\n`);
  writePlot(folder, report);
  return file;
}

function writePlot(folder: string, report: ScenarioReport): void {
  const { plot } = report.outcome;
  if (plot !== undefined) {
    writeFileSync(join(folder, plotFile(report)), plot.svg);
  }
}
