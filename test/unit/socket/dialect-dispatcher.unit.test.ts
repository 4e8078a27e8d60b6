import { expect, it } from 'vitest';
import type { CommandRunner } from '../../../src/commands/command-runner.js';
import { ChatError } from '../../../src/contract/index.js';
import type { ChatSocket } from '../../../src/delivery/chat-socket.js';
import type { Delivery } from '../../../src/delivery/delivery.js';
import type { Dialect } from '../../../src/dialects/dialect.js';
import type { Admission } from '../../../src/socket/admission.js';
import { DialectDispatcher } from '../../../src/socket/dialect-dispatcher.js';
import type { DialectQuotas } from '../../../src/socket/dialect-quotas.js';
import type { SocketCommands } from '../../../src/socket/socket-commands.js';
import type { Interpreter } from '../../../src/translation/interpreter.js';
import type { Speech } from '../../../src/translation/speech.js';

const socket = { data: {}, rooms: new Set() } as unknown as ChatSocket;

/** A map with a bug that a client has found. */
const dialect = {
  read: () => {
    throw new TypeError('Cannot convert object to primitive value');
  },
} as unknown as Dialect;

function dispatcher(charge: SocketCommands['charge'], faults: unknown[]): DialectDispatcher {
  const fault = (thrown: unknown): ChatError => {
    faults.push(thrown);
    return thrown instanceof ChatError ? thrown : new ChatError('INTERNAL', 'run command', 'the service failed');
  };
  return new DialectDispatcher(
    { charge } as SocketCommands,
    { fault } as unknown as CommandRunner,
    {} as Interpreter,
    {} as Speech,
    { loginOf: () => null, hears: () => true, isOver: () => false } as unknown as Admission,
    { commandFailed: () => undefined } as unknown as Delivery,
    {} as DialectQuotas,
  );
}

it('words that a map fails at cost what others do', async () => {
  const charged: string[] = [];
  const faults: unknown[] = [];
  const charge = async (_: ChatSocket, event: string): Promise<void> => void charged.push(event);
  const answer = await dispatcher(charge, faults).dispatch(socket, dialect, 'createChatRoom', [{}]);
  expect(answer).toMatchObject({ success: false, error: { code: 'INTERNAL' } });
  expect(charged).toEqual(['createChatRoom']);
  expect(faults).toEqual([expect.any(TypeError)]);
});

it('whose limit is used up is told that, and fills no log with what a map fails at', async () => {
  const faults: unknown[] = [];
  const limited = new ChatError('RATE_LIMITED', 'run command', 'too many commands', { retryAfterMs: 1_000 });
  const answer = await dispatcher(() => Promise.reject(limited), faults).dispatch(
    socket,
    dialect,
    'createChatRoom',
    [],
  );
  expect(answer).toMatchObject({ success: false, error: { code: 'RATE_LIMITED' } });
  expect(faults).toEqual([limited]);
});
