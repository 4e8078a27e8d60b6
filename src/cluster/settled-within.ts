import type { Peer } from './peer.js';

/**
 * Resolves when every peer knows what was announced so far, or when the time is up; `undefined` where there is nothing to
 * wait for.
 *
 * @param peers asked now; those that are there when the time is up must answer before they count as in order again
 * @param late hears that the time is up
 */
export function settledWithin(
  timeoutMs: number,
  peers: ReadonlyMap<string, Peer>,
  late: () => void,
): Promise<void> | undefined {
  let open = 0;
  let resolve = (): void => undefined;
  const answered = (): void => {
    open--;
    if (open === 0) {
      resolve();
    }
  };
  for (const peer of peers.values()) {
    if (peer.whenSettled(answered)) {
      open++;
    }
  }
  if (open === 0) {
    return undefined;
  }
  return new Promise((done) => {
    const timer = setTimeout(() => {
      for (const peer of peers.values()) {
        peer.awaitAnswer();
      }
      late();
      done();
    }, timeoutMs);
    resolve = () => {
      clearTimeout(timer);
      done();
    };
  });
}
