export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** @throws Error when there is nothing to summarise */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  const min = sorted[0];
  const max = sorted.at(-1);
  if (low === undefined || high === undefined || min === undefined || max === undefined) {
    throw new Error('unable to summarise figures; there are none');
  }
  return { median: (low + high) / 2, min, max };
}

/**
 * Spread of `a / b` round by round. Rounds lie close in time, so noise of the machine that hits both sides of one
 * round falls out of its ratio.
 */
export function ratioSpread(a: readonly number[], b: readonly number[]): Spread {
  return spread(
    a.map((value, round) => {
      const base = b[round];
      if (base === undefined) {
        throw new Error(`unable to compare rounds; ${a.length} stand against ${b.length}`);
      }
      return value / base;
    }),
  );
}
