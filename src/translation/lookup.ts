import { LRUCache } from 'lru-cache';

interface LookupOptions<V> {
  /** Reads values from where they are kept; each key it is given is in its answer, or has no value. */
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;
  /** How many are remembered. */
  max: number;
  /** How long one is remembered, in milliseconds; 0 for as long as there is room. */
  ttlMs: number;
  /** How long it is remembered that a key has no value; 0 for not at all. */
  absentTtlMs: number;
}

/** How exact the times are, in milliseconds. Finer, the cache starts a timer for each look at it in a millisecond of its own. */
const TTL_RESOLUTION_MS = 50;
/** What has just been found known is to stay so while it is read. */
const STALE_TOO = { allowStale: true };

/** Values by key that are loaded when first asked for. Of each key one loading at most is under way. */
export class Lookup<V> {
  private readonly values: LRUCache<string, { value: V | null }>;
  private readonly loading = new Map<string, Promise<ReadonlyMap<string, V>>>();

  constructor(private readonly options: LookupOptions<V>) {
    // The library keeps the clock that it finds when it is loaded, which no test can move.
    const perf = { now: () => performance.now() };
    this.values = new LRUCache({ max: options.max, ttl: options.ttlMs, ttlResolution: TTL_RESOLUTION_MS, perf });
  }

  /** Puts a value there that became known elsewhere. */
  learn(key: string, value: V): void {
    this.values.set(key, { value });
  }

  /** Whether it is known what value a key has, or that it has none: {@link known} tells it, in this turn at least. */
  knows(key: string): boolean {
    return this.values.get(key) !== undefined;
  }

  /** The value of a key that is {@link knows known}; `null` without one. */
  known(key: string): V | null {
    return this.values.peek(key, STALE_TOO)?.value ?? null;
  }

  /**
   * The values of keys, at once where all are known; keys without one are absent.
   *
   * @throws as a rejection, what loading threw; the next one to ask loads again
   */
  find(keys: Iterable<string>): ReadonlyMap<string, V> | Promise<ReadonlyMap<string, V>> {
    const found = new Map<string, V>();
    const running = new Set<Promise<ReadonlyMap<string, V>>>();
    const missing: string[] = [];
    for (const key of new Set(keys)) {
      const known = this.values.get(key);
      const loading = known === undefined ? this.loading.get(key) : undefined;
      if (loading !== undefined) {
        running.add(loading);
      } else if (known === undefined) {
        missing.push(key);
      } else if (known.value !== null) {
        found.set(key, known.value);
      }
    }
    if (missing.length > 0) {
      running.add(this.load(missing));
    }
    // What was loaded together with others' keys brings those along, which does no harm.
    return running.size === 0
      ? found
      : Promise.all(running).then((loaded) => new Map([...found, ...loaded.flatMap((values) => [...values])]));
  }

  private load(keys: readonly string[]): Promise<ReadonlyMap<string, V>> {
    const loading = this.options
      .load(keys)
      .then((values) => {
        for (const key of keys) {
          this.remember(key, values.get(key) ?? null);
        }
        return values;
      })
      .finally(() => {
        for (const key of keys) {
          this.loading.delete(key);
        }
      });
    for (const key of keys) {
      this.loading.set(key, loading);
    }
    return loading;
  }

  private remember(key: string, value: V | null): void {
    const { absentTtlMs } = this.options;
    // What was learnt meanwhile is newer than what was read.
    if (this.values.has(key) || (value === null && absentTtlMs === 0)) {
      return;
    }
    this.values.set(key, { value }, value === null ? { ttl: absentTtlMs } : {});
  }
}
