import { expect, it } from 'vitest';
import type { ChatSocket } from '../../../src/delivery/chat-socket.js';
import type { Membership } from '../../../src/members/membership.js';
import { TypingGateway } from '../../../src/typing/typing.gateway.js';
import type { TypingService } from '../../../src/typing/typing.service.js';
import { sessionOf } from '../../support/auth/session-cache-suite.js';

const chatId = '01900000-0000-7000-8000-000000000001';

it.each([
  ['puts up no sign for a socket that closed while its membership was looked up', false, []],
  ['puts up the sign of a socket that is still there', true, [[chatId, '1', 'tab']]],
])('%s', async (_, connected, expected) => {
  const started: unknown[][] = [];
  const socket = { id: 'tab', rooms: new Set<string>(), connected: true, leave: () => undefined };
  const typing = { start: async (...sign: unknown[]) => void started.push(sign) } as unknown as TypingService;
  const membership = {
    require: async () => {
      socket.connected = connected;
    },
    requireOpen: async () => undefined,
  } as unknown as Membership;

  const context = { session: sessionOf('1'), socket: socket as unknown as ChatSocket };
  await new TypingGateway(typing, membership).start(context, { chatId });

  expect(started).toEqual(expected);
});

it('takes a sign back after it was put up, however long its checks take', async () => {
  const signs: string[] = [];
  const socket = { id: 'tab', rooms: new Set<string>(), connected: true, leave: () => undefined };
  const typing = {
    start: async () => void signs.push('start'),
    stop: async () => void signs.push('stop'),
  } as unknown as TypingService;
  const checked = Promise.withResolvers<void>();
  const membership = { require: async () => undefined, requireOpen: () => checked.promise } as unknown as Membership;
  const gateway = new TypingGateway(typing, membership);
  const context = { session: sessionOf('1'), socket: socket as unknown as ChatSocket };

  const answers = [gateway.start(context, { chatId }), gateway.stop(context, { chatId })];
  checked.resolve();
  await Promise.all(answers);

  expect(signs).toEqual(['start', 'stop']);
});
