import { cpus, loadavg, release, totalmem, type } from 'node:os';

const GIGABYTE = 1024 ** 3;

/** What a reader needs to judge figures by; no host name, no path. Taken before the run: load then is foreign load. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / GIGABYTE);
  const load = (loadavg()[0] ?? 0).toFixed(2);
  return `${cpus().length} x ${model}, ${memory} GB, ${type()} ${release()}, Node ${process.version}, load before the run ${load}`;
}
