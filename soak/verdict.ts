/** One instance with nobody connected to it. */
export interface InstanceAtRest {
  name: string;
  /** Bytes that live objects take, after a full collection. */
  heap: number;
  /** Bytes that the process holds of the machine. */
  rss: number;
  /** Handles, requests and timers that keep the process busy. */
  resources: number;
}

/** Everything at one rest: the crowd has left, and what it left behind has had time to go. */
export interface Rest {
  /** Minutes of work before it. */
  minutes: number;
  /** Connections that have come and gone before it. */
  visits: number;
  instances: InstanceAtRest[];
  /** Redis keys that should be gone. */
  keys: readonly string[];
  /** Rooms that instances still want to hear of. */
  rooms: readonly string[];
}

const MB = 1_048_576;
/** The first rests lie on the way up: caches fill, code is compiled, the heap finds its size. */
const WARM_UP_SHARE = 1 / 3;
const FEWEST_JUDGED = 3;

/**
 * Growth counts as a leak when each visit adds to it and it is more than what rests differ by anyway. By visit, because
 * what leaks is left behind by somebody, and a busy machine sees fewer of them in a minute.
 */
const limits = {
  heap: { perVisit: 1_024, inAll: 2 * MB },
  rss: { perVisit: 16 * 1_024, inAll: 40 * MB },
  /** Database connections come and go within the pool of ten. */
  resources: { perVisit: 0.01, inAll: 20 },
} as const;

/** Growth of `values` per unit of `at`, by least squares; 0 where there is nothing to compare. */
export function slope(at: readonly number[], values: readonly number[]): number {
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const [meanAt, meanValue] = [mean(at), mean(values)];
  const spread = at.reduce((sum, one) => sum + (one - meanAt) ** 2, 0);
  const together = at.reduce((sum, one, index) => sum + (one - meanAt) * ((values[index] ?? 0) - meanValue), 0);
  return spread === 0 ? 0 : together / spread;
}

/** The rests after the warm-up. */
export function judged(rests: readonly Rest[]): Rest[] {
  const warmUp = Math.min(Math.ceil(rests.length * WARM_UP_SHARE), Math.max(0, rests.length - FEWEST_JUDGED));
  return rests.slice(warmUp);
}

/** What speaks for a leak, in words; nothing when nothing does. */
export function leaks(rests: readonly Rest[]): string[] {
  const found: string[] = [];
  const after = judged(rests);
  const at = after.map(({ visits }) => visits);
  for (const [index, { name }] of (after[0]?.instances ?? []).entries()) {
    for (const measure of ['heap', 'rss', 'resources'] as const) {
      const values = after.map(({ instances }) => instances[index]?.[measure] ?? 0);
      const perVisit = slope(at, values);
      const inAll = (values.at(-1) ?? 0) - (values[0] ?? 0);
      if (perVisit > limits[measure].perVisit && inAll > limits[measure].inAll) {
        found.push(`${measure} of ${name} grows by ${amount(measure, perVisit)} with each visit`);
      }
    }
  }
  for (const { minutes, keys, rooms } of rests) {
    for (const [what, names] of [['keys in Redis', keys] as const, ['rooms', rooms] as const]) {
      if (names.length > 0) {
        found.push(`${names.length} ${what} left after ${minutes.toFixed(1)} min: ${names.slice(0, 5).join(', ')}`);
      }
    }
  }
  return found;
}

function amount(measure: keyof typeof limits, value: number): string {
  return measure === 'resources' ? value.toFixed(2) : `${(value / 1_024).toFixed(1)} KB`;
}
