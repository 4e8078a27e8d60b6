import type { AskPlan, AskReport } from './commands.js';
import { LatencyRecord } from './latency.js';
import type { RawSocket } from './raw-socket.js';

/** A server that stops answering must end the run and not stall it. */
const SILENCE_LIMIT_MS = 30_000;

/**
 * Asks everything in the plan. The answers are timed as they arrive and not parsed: that would be the load generator's
 * time.
 *
 * @throws Error with the first failure the server answers
 */
export async function askAll(
  { event, requests, inFlight }: AskPlan,
  socketAt: (index: number) => RawSocket,
): Promise<AskReport> {
  const latency = new LatencyRecord();
  const silence = Promise.withResolvers<never>();
  const silenceTimer = setTimeout(
    () => silence.reject(new Error(`unable to finish the run; ${event} is not answered any more`)),
    SILENCE_LIMIT_MS,
  );
  const ask = (socket: RawSocket, payload: string) =>
    new Promise<void>((resolve, reject) => {
      socket.request(event, payload, performance.now(), (sentAt, failure) => {
        latency.add(performance.now() - sentAt);
        silenceTimer.refresh();
        if (failure === null) {
          resolve();
        } else {
          reject(new Error(`unable to finish the run; ${event} was answered ${failure}`));
        }
      });
    });
  const queue = requests.values();
  const lane = async () => {
    for (const { socket, payload } of queue) {
      await ask(socketAt(socket), payload);
    }
  };
  const startedAt = performance.now();
  try {
    await Promise.race([Promise.all(Array.from({ length: inFlight }, lane)), silence.promise]);
  } finally {
    clearTimeout(silenceTimer);
  }
  return {
    answered: requests.length,
    seconds: (performance.now() - startedAt) / 1_000,
    latency: latency.summary(),
  };
}
