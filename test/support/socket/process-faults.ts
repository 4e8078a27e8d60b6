import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Fails a test during which something escaped every handler: in production that ends the process, and everybody's
 * connections with it. For the top of a describe block.
 */
export function expectNoProcessFaults(): void {
  const faults: unknown[] = [];
  const note = (fault: unknown): void => {
    faults.push(fault);
  };

  beforeAll(() => {
    for (const event of EVENTS) {
      process.on(event, note);
    }
  });
  afterAll(() => {
    for (const event of EVENTS) {
      process.off(event, note);
    }
  });
  afterEach(() => {
    expect(faults.splice(0)).toEqual([]);
  });
}
