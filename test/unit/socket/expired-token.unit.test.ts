import { expect, it } from 'vitest';
import type { CommandRunner } from '../../../src/commands/command-runner.js';
import type { Intake } from '../../../src/commands/intake.js';
import type { ChatSocket } from '../../../src/delivery/chat-socket.js';
import { dialectOf } from '../../../src/dialects/catalogue.js';
import { SocketCommands } from '../../../src/socket/socket-commands.js';

it.each([
  [null, 'send auth:refresh-token first'],
  ['rooms', 'connect again with a new token'],
  ['plain-websocket', 'connect again with a new token'],
  ['conversations', 'send auth:refresh-token first'],
  ['live', 'send auth:login with a new token'],
] as const)('whose token has expired is told what a client of %s can do', async (name, renewal) => {
  const session = { userId: '1', expiresAt: 0 };
  const dialect = name === null ? undefined : dialectOf(name);
  const socket = { data: { session, dialect } } as unknown as ChatSocket;
  const commands = new SocketCommands({} as CommandRunner, {} as Intake);
  await expect(commands.run(socket, 'message:send', {})).rejects.toMatchObject({
    code: 'TOKEN_EXPIRED',
    message: `unable to send message; the token expired; ${renewal}`,
  });
});
