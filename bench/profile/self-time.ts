import { readFileSync } from 'node:fs';

/** The parts of V8's `.cpuprofile` that self time needs. Times are microseconds. */
interface CpuProfile {
  nodes: ReadonlyArray<{ id: number; callFrame: { functionName: string; url: string; lineNumber: number } }>;
  samples: readonly number[];
  timeDeltas: readonly number[];
}

export interface SelfTime {
  /** A function and where it is, or a package. */
  where: string;
  /** Part of the busy time that was spent in it and not in what it calls, 0 to 1. */
  share: number;
}

/** Time in which the main thread waited, or ran nothing that has a name. */
const NOT_BUSY = new Set(['(idle)', '(root)']);

/**
 * Where a profiled server spent its time, most first.
 *
 * @param by `function` names each one with its file and line; `package` sums over packages, Node itself and the service
 */
export function selfTimes(file: string, by: 'function' | 'package'): SelfTime[] {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const micros = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    const time = timeDeltas[index] ?? 0;
    if (frame === undefined || NOT_BUSY.has(frame.functionName)) {
      continue;
    }
    const where = by === 'function' ? nameOf(frame) : packageOf(frame);
    micros.set(where, (micros.get(where) ?? 0) + time);
    busy += time;
  }
  return [...micros].map(([where, time]) => ({ where, share: time / busy })).toSorted((a, b) => b.share - a.share);
}

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${shortPath(url)}:${lineNumber + 1}`;
}

function packageOf({ functionName, url }: CallFrame): string {
  if (url === '') {
    return functionName.startsWith('(') ? functionName : 'V8 and native code';
  }
  if (url.startsWith('node:')) {
    return 'Node';
  }
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? shortPath(url).split('/').slice(0, 2).join('/');
}

/** From the package or from `dist` on: where the project lies is nobody's concern. */
function shortPath(url: string): string {
  return url.replace(/^.*\/(?:node_modules|dist)\//, '');
}
