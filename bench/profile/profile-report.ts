import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { table } from '../report/table.js';
import { selfTimes } from './self-time.js';

const FUNCTIONS_SHOWN = 40;
const PACKAGES_SHOWN = 15;

/** The busiest functions and packages of every server profiled into `dir`. */
export function profileReport(dir: string): string {
  const files = globSync('*.cpuprofile', { cwd: dir }).toSorted();
  return files.map((file) => serverReport(join(dir, file))).join('\n\n');
}

function serverReport(file: string): string {
  const rows = (by: 'function' | 'package', count: number) =>
    selfTimes(file, by)
      .slice(0, count)
      .map(({ where, share }) => [where, `${(share * 100).toFixed(1)}%`]);
  return [
    `${basename(file, '.cpuprofile')}, busy time on the main thread`,
    table(['package', 'self'], rows('package', PACKAGES_SHOWN)),
    table(['function', 'self'], rows('function', FUNCTIONS_SHOWN)),
  ].join('\n\n');
}
