import { describe, it } from 'vitest';
import { Command, type CommandContext, type SocketContext } from '../../../src/commands/command.js';
import type { CommandData, CommandPayload } from '../../../src/contract/index.js';

declare function never(): never;

describe('the handler of a command', () => {
  it('gets a socket only where the command has no route', () => {
    class Gateway {
      @Command('chat:leave')
      async leave(_context: SocketContext, _payload: CommandPayload<'chat:leave'>): Promise<null> {
        return null;
      }

      @Command('chat:get')
      async get(_context: CommandContext, _payload: CommandPayload<'chat:get'>): Promise<CommandData<'chat:get'>> {
        return never();
      }

      // @ts-expect-error over HTTP there is no socket
      @Command('chat:get')
      async look(_context: SocketContext, _payload: CommandPayload<'chat:get'>): Promise<CommandData<'chat:get'>> {
        return never();
      }

      // @ts-expect-error it answers nothing, not a word
      @Command('chat:leave')
      async goodbye(_context: SocketContext, _payload: CommandPayload<'chat:leave'>): Promise<string> {
        return 'goodbye';
      }
    }
    void Gateway;
  });
});
