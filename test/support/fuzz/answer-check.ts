import { z } from 'zod';
import { commands, Failure, httpStatus, isCommandName } from '../../../src/contract/index.js';
import type { Emission } from './payload-arbitraries.js';
import type { RawAnswer } from './raw-client.js';

const Answer = z.union([
  z.object({ success: z.literal(true), data: z.unknown() }),
  z.object({ success: z.literal(false), error: Failure }),
]);

/** What is wrong with the answer to an emission; `null` when nothing is. A fault of the service is never right. */
export function complaint([event]: Emission, { args }: RawAnswer): string | null {
  const parsed = Answer.safeParse(args[0]);
  if (args.length !== 1 || !parsed.success) {
    return `is no answer of the contract: ${JSON.stringify(args).slice(0, 500)}`;
  }
  const answer = parsed.data;
  if (!answer.success) {
    const { code, message } = answer.error;
    return code === 'INTERNAL' || !message.startsWith('unable to ') ? `is a fault: ${code} ${message}` : null;
  }
  if (!isCommandName(event)) {
    return 'succeeded, though there is no such command';
  }
  const data = commands[event].data.safeParse(answer.data);
  return data.success ? null : `does not fit the contract: ${data.error.message}`;
}

/** The same of an answer over HTTP. */
export function restComplaint({ outcome, text }: { outcome: number | 'closed'; text: string }): string | null {
  if (outcome === 'closed') {
    return 'did not come; the connection closed';
  }
  const parsed = Answer.safeParse(parseJson(text));
  if (!parsed.success) {
    return `is no answer of the contract: ${outcome} ${text.slice(0, 500)}`;
  }
  const answer = parsed.data;
  if (answer.success) {
    return outcome === 200 || outcome === 201 ? null : `is a success with the status ${outcome}`;
  }
  const { code, message } = answer.error;
  if (code === 'INTERNAL' || !message.startsWith('unable to ')) {
    return `is a fault: ${code} ${message}`;
  }
  return outcome === httpStatus[code] ? null : `is ${code} with the status ${outcome}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
