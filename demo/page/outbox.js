const ATTEMPTS = 4;
const PAUSE_MS = 1_000;

/**
 * Sends one message until it is acked, refused for good, or out of attempts. Every attempt carries the same
 * `clientMessageId`, so an attempt whose answer was lost leaves no second message behind.
 *
 * @param {() => Promise<object>} attempt resolves with the stored message; rejects with an error that may carry
 *   `retryable` and `retryAfterMs` as the service sent them
 */
export async function sendUntilAcked(attempt) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      // A time-out carries no `retryable`: nobody knows whether it was stored, so it is worth another try.
      if (error.retryable === false || tries === ATTEMPTS) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? PAUSE_MS * tries));
    }
  }
}
