import { parseArgs } from 'node:util';

export interface SoakOptions {
  /** How long the crowd works in all; the rests between come on top. */
  minutes: number;
  clients: number;
}

export const usage = 'npm run soak -- --minutes N [--clients M]';

/** @throws Error that names an option which is unknown or no positive number */
export function readOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: 'string', default: '10' }, clients: { type: 'string', default: '60' } },
  });
  return { minutes: positive('minutes', values.minutes), clients: Math.ceil(positive('clients', values.clients)) };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new Error(`unable to soak; --${name} must be a positive number. ${usage}`);
  }
  return value;
}
