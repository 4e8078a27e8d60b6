import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** utime and stime are the 14th and 15th fields of stat; counted from after the name, which may hold spaces. */
const UTIME_AFTER_NAME = 11;
const STIME_AFTER_NAME = 12;

let microsPerTick: number | undefined;

function tickMicros(): number {
  microsPerTick ??= 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return microsPerTick;
}

/**
 * CPU time a process has used since it began, in user and kernel mode and on all its threads (V8's collector and
 * libuv's pool among them), in microseconds. The kernel reports it in ticks of 10 ms: measure over a second or more.
 */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME_AFTER_NAME]) + Number(fields[STIME_AFTER_NAME])) * tickMicros();
}

export interface MemoryUse {
  /** All resident pages, bytes. */
  rss: number;
  /** Resident pages, those shared with other processes counted by share, bytes. Two Node servers share their binary. */
  pss: number;
}

export function memoryUse(pid: number): MemoryUse {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return { rss: kilobytes(rollup, 'Rss') * 1024, pss: kilobytes(rollup, 'Pss') * 1024 };
}

function kilobytes(rollup: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup);
  if (match === null) {
    throw new Error(`unable to read memory of a server; smaps_rollup has no ${field}`);
  }
  return Number(match[1]);
}
