import { beforeAll, describe, expect, it, vi } from 'vitest';
import { runSmoke, type SmokeReport, smokeSteps } from '../../../demo/smoke.js';
import { commands, events } from '../../../src/contract/index.js';
import { Delivery } from '../../../src/delivery/delivery.js';

let report: SmokeReport;

beforeAll(async () => {
  report = await runSmoke(() => undefined);
});

describe('npm run demo -- --smoke', () => {
  it('plays every step to its end', () => {
    expect(report.failure, report.transcript.slice(-12).join('\n')).toBeNull();
    expect(report.passed).toBe(true);
    expect(report.stepsPassed).toBe(smokeSteps.length);
  });

  it.each(Object.keys(commands))('shows %s sent and answered', (command) => {
    expect(report.transcript).toContainEqual(expect.stringContaining(` → ${command}`));
    expect(report.transcript).toContainEqual(expect.stringContaining(` ← ack of ${command}`));
  });

  // The one that is left out speaks of other instances; the cluster suites show it.
  it.each(Object.keys(events).filter((event) => event !== 'sync:required'))('shows the event %s', (event) => {
    expect(report.transcript).toContainEqual(expect.stringContaining(` ← ${event}`));
  });

  it.each(['TOKEN_REQUIRED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'AUTH_SERVICE_ERROR'])(
    'shows a connection refused with %s',
    (code) => {
      const refusals = report.transcript.filter((line) => line.includes(' ← auth:error'));
      expect(refusals).toContainEqual(expect.stringContaining(code));
    },
  );

  it('ticks every step and shows no token', () => {
    const text = report.transcript.join('\n');
    for (const { name } of smokeSteps) {
      expect(text).toContain(`✓ ${name}`);
    }
    // The start of every JSON Web Token: `{"` in base64.
    expect(text).not.toMatch(/eyJ/);
  });
});

it('the smoke fails on a service that breaks its contract', async () => {
  const sabotage = vi.spyOn(Delivery.prototype, 'connected').mockImplementation((socket, userId, protocol) => {
    socket.emit('connection:success', { userId, socketId: socket.id, protocol, serverTime: 'yesterday' });
  });
  const { passed, failure, commandsMissing } = await runSmoke(() => undefined);
  sabotage.mockRestore();
  expect(passed).toBe(false);
  expect(failure?.reason).toContain('connection:success');
  expect(failure?.reason).toContain('breaks the contract');
  expect(commandsMissing).toEqual(Object.keys(commands));
});
