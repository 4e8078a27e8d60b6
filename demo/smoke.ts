import type { CommandName, EventName } from '../src/contract/index.js';
import { startDemoStack } from './demo-stack.js';
import { adminSteps, SMOKE_API_KEY } from './smoke/admin-steps.js';
import { chatSteps } from './smoke/chat-steps.js';
import { connectionSteps, outageSteps } from './smoke/connection-steps.js';
import { contentSteps } from './smoke/content-steps.js';
import { groupSteps } from './smoke/group-steps.js';
import { badInputSteps, peopleSteps, presenceSteps } from './smoke/presence-steps.js';
import { Stage, type Step } from './smoke/stage.js';
import { tokenSteps } from './smoke/token-steps.js';
import { Transcript } from './smoke/transcript.js';

/** Where files may lie, and a store to upload them to: its forms are made here, nothing is uploaded. */
const FILES = {
  ATTACHMENT_HOSTS: 'files.example',
  S3_BUCKET: 'demo-files',
  S3_ACCESS_KEY_ID: 'demo',
  S3_SECRET_ACCESS_KEY: 'demo-secret',
  S3_PUBLIC_URL: 'https://uploads.example',
};

/** Judged from what went over the wire, not from what the steps claim to cover. */
const coverageSteps: readonly Step[] = [
  {
    name: 'every command of the contract was sent and answered',
    run: async ({ transcript }) => mustBeEmpty(transcript.commandsMissing),
  },
  {
    name: 'every event of the contract was sent by the service',
    run: async ({ transcript }) => mustBeEmpty(transcript.eventsMissing),
  },
  {
    name: 'nobody was sent anything that the contract does not allow',
    run: async ({ surprises }) => mustBeEmpty(surprises),
  },
];

/** The conversation in its order; each step builds on what those before it left. */
export const smokeSteps: readonly Step[] = [
  ...connectionSteps,
  ...chatSteps,
  ...contentSteps,
  ...presenceSteps,
  ...groupSteps,
  ...peopleSteps,
  ...adminSteps,
  ...badInputSteps,
  ...tokenSteps,
  ...outageSteps,
  ...coverageSteps,
];

export interface SmokeReport {
  passed: boolean;
  /** The first step that failed, and why. The steps after it are not played. */
  failure: { step: string; reason: string } | null;
  stepsPassed: number;
  transcript: readonly string[];
  commandsMissing: readonly CommandName[];
  eventsMissing: readonly EventName[];
}

/**
 * Plays the whole conversation headless: a stub marketplace and the service in this process, on free ports and in
 * memory, and socket.io-client over real sockets.
 *
 * @param print takes the transcript line by line as it happens
 */
export async function runSmoke(print: (line: string) => void): Promise<SmokeReport> {
  const transcript = new Transcript(print);
  const stack = await startDemoStack({
    ports: { service: 0, marketplace: 0, page: 0 },
    dataDir: 'memory://',
    tokenTtlSeconds: 900,
    environment: { NODE_ENV: 'test', TYPING_TTL_SECONDS: '1', ADMIN_API_KEYS: SMOKE_API_KEY, ...FILES },
  });
  const stage = new Stage(stack, transcript);
  let failure: SmokeReport['failure'] = null;
  let stepsPassed = 0;
  try {
    for (const step of smokeSteps) {
      const reason = await play(step, stage);
      if (reason !== null) {
        failure = { step: step.name, reason };
        break;
      }
      stepsPassed += 1;
    }
  } finally {
    stage.clear();
    await stack.stop();
  }
  transcript.note(summary(stepsPassed, failure));
  const { lines, commandsMissing, eventsMissing } = transcript;
  return { passed: failure === null, failure, stepsPassed, transcript: lines, commandsMissing, eventsMissing };
}

/** @returns why the step failed, or null */
async function play(step: Step, stage: Stage): Promise<string | null> {
  const began = performance.now();
  try {
    await step.run(stage);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    stage.transcript.note(`  ✗ ${step.name}`);
    stage.transcript.note(`      ${reason}`);
    return reason;
  }
  stage.transcript.note(`  ✓ ${step.name} (${Math.round(performance.now() - began)} ms)`);
  return null;
}

function mustBeEmpty(faults: readonly string[]): void {
  if (faults.length > 0) {
    throw new Error(`these should not be on the list: ${faults.join(', ')}`);
  }
}

function summary(passed: number, failure: SmokeReport['failure']): string {
  const left = smokeSteps.length - passed - 1;
  return failure === null ? `${passed} steps passed, 0 failed` : `${passed} steps passed, 1 failed, ${left} not played`;
}
