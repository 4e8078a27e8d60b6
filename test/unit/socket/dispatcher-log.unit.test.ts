import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandRegistry } from '../../../src/commands/command-registry.js';
import { CommandRunner } from '../../../src/commands/command-runner.js';
import { Intake } from '../../../src/commands/intake.js';
import { ChatError } from '../../../src/contract/index.js';
import type { ChatSocket } from '../../../src/delivery/chat-socket.js';
import { Delivery } from '../../../src/delivery/delivery.js';
import type { RateLimiter } from '../../../src/rate-limit/rate-limiter.js';
import type { DialectDispatcher } from '../../../src/socket/dialect-dispatcher.js';
import { Dispatcher } from '../../../src/socket/dispatcher.js';
import { SocketCommands } from '../../../src/socket/socket-commands.js';
import { sessionOf } from '../../support/auth/session-cache-suite.js';

interface Line {
  level: 'warn' | 'error';
  facts: { err?: unknown; event?: string; suppressed?: number };
}

describe('what is logged of commands that fail', () => {
  let lines: Line[];
  let failure: ChatError;
  let send: (packet: unknown[]) => void;

  beforeEach(() => {
    lines = [];
    const keep =
      (level: Line['level']) =>
      (facts: Line['facts']): number =>
        lines.push({ level, facts });
    Logger.overrideLogger({ log: () => undefined, warn: keep('warn'), error: keep('error') });
    vi.useFakeTimers();
    const registry = { handlerOf: () => () => Promise.reject(failure) } as unknown as CommandRegistry;
    const rateLimiter = { consume: () => undefined } as unknown as RateLimiter;
    const socket = {
      data: { session: sessionOf('1') },
      use: (middleware: (packet: unknown[]) => void) => {
        send = middleware;
      },
    } as unknown as ChatSocket;
    const runner = new CommandRunner(registry, rateLimiter);
    const intake = new Intake();
    const noDialects = {} as unknown as DialectDispatcher;
    new Dispatcher(new SocketCommands(runner, intake), runner, intake, new Delivery(), noDialects).listen(socket);
  });
  afterEach(() => {
    vi.useRealTimers();
    Logger.overrideLogger(new ConsoleLogger());
  });

  /** @returns the answers, once all are there */
  async function commands(count: number): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (let sent = 0; sent < count; sent++) {
      send(['users:online', {}, (answer: unknown) => answers.push(answer)]);
    }
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toHaveLength(count);
    return answers;
  }

  it('of a database that is away is one line a second, with a count of the failures that it stands for', async () => {
    const cause = new Error('connection refused');
    failure = new ChatError('UNAVAILABLE', 'list online users', 'the database is out of reach', { cause });

    await commands(500);
    expect(lines).toEqual([{ level: 'warn', facts: { err: cause, event: 'users:online' } }]);
    await vi.advanceTimersByTimeAsync(1_000);
    await commands(500);
    await vi.advanceTimersByTimeAsync(1_000);

    expect(lines.map(({ facts }) => facts.suppressed)).toEqual([undefined, 498, 499]);
  });

  it('of its own faults is every one', async () => {
    failure = new ChatError('INTERNAL', 'list online users', 'a fault', { cause: new Error('bug') });
    await commands(3);

    expect(lines.map(({ level }) => level)).toEqual(['error', 'error', 'error']);
  });
});
